namespace PluginHost.AspNetCore.Tests;

/// <summary>Remembers what is written to it.</summary>
internal sealed class FakeAudit : IAuditLog
{
    public List<AuditInfo> Entries { get; } = [];
    public Exception? Failure { get; set; }
    public AuditQuery? Query { get; private set; }
    public string? Next { get; set; }

    /// <summary>Called before an entry is written.</summary>
    public Action Recording { get; set; } = () => { };

    /// <summary>Why nothing can be settled; null when it can.</summary>
    public Exception? SettlingFails { get; set; }

    public IEnumerable<string> Lines => Entries.Select(entry => $"{entry.Who ?? "nobody"} {entry.Action} {entry.Target}: {entry.Outcome} {entry.Reason}".TrimEnd());

    public Task<string> RecordAsync(AuditRequest request, AuditOutcome outcome, string? reason, CancellationToken cancellationToken)
    {
        Recording();
        if (Failure is not null)
        {
            throw Failure;
        }

        Entries.Add(new AuditInfo
        {
            Id = $"{Entries.Count}", At = Examples.Noon, Who = request.Who, From = request.From, Action = request.Action, Target = request.Target, Outcome = outcome, Reason = reason,
        });
        return Task.FromResult(Entries[^1].Id);
    }

    public Task SettleAsync(string id, AuditOutcome outcome, string? reason, CancellationToken cancellationToken)
    {
        var index = Entries.FindIndex(entry => entry.Id == id);
        Entries[index] = SettlingFails is null ? Entries[index] with { Outcome = outcome, Reason = reason } : throw SettlingFails;
        return Task.CompletedTask;
    }

    public Task<Page<AuditInfo>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        Query = query;
        return Task.FromResult(new Page<AuditInfo>(Entries, Next));
    }
}
