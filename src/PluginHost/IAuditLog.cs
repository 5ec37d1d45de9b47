namespace PluginHost;

/// <summary>Keeps who did what. Registered by <c>AddPluginHost</c>; safe to use from several threads.</summary>
/// <remarks>The API and the pages write what is asked for there; an application may add what else belongs to it, such as its sign-ins.</remarks>
public interface IAuditLog
{
    /// <summary>Writes an entry; when it answers, the entry is on disk.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="outcome">What became of it; Asked when it is yet to be done.</param>
    /// <param name="reason">Why it was not done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The entry's id.</returns>
    Task<string> RecordAsync(AuditRequest request, AuditOutcome outcome = AuditOutcome.Asked, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>Writes what became of something that was asked for.</summary>
    /// <param name="id">The entry's id.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="reason">Why it was not done.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SettleAsync(string id, AuditOutcome outcome, string? reason = null, CancellationToken cancellationToken = default);

    /// <summary>The entries, newest first.</summary>
    Task<Page<AuditInfo>> ListAsync(AuditQuery query, CancellationToken cancellationToken = default);
}
