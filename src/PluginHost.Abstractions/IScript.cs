namespace PluginHost;

/// <summary>A unit of work that the host runs by a button, an API call or a cron schedule.</summary>
/// <remarks>
/// A class that implements this interface is a script. The host makes a new instance for each run, in a
/// scope of its own, fills in its <see cref="ParameterAttribute">parameters</see> and calls
/// <see cref="RunAsync"/> once. Keep nothing in static fields: the next commit replaces the whole assembly.
/// Members are only ever added to this interface with a default implementation.
/// </remarks>
public interface IScript
{
    /// <summary>Does the work.</summary>
    /// <param name="context">What this run is, and what it may report back.</param>
    /// <param name="cancellationToken">
    /// Cancelled when somebody cancels the run, when its time is up and when the host stops. A script that
    /// ignores it is given up on after a grace period.
    /// </param>
    /// <returns>A task that ends when the work is done. An exception fails the run.</returns>
    Task RunAsync(ScriptContext context, CancellationToken cancellationToken);
}
