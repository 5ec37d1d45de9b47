using Microsoft.Extensions.Logging;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>A run whose script is to be run now.</summary>
/// <param name="Run">The run.</param>
/// <param name="Lease">The version it is on.</param>
/// <param name="Log">Its log, which is open.</param>
/// <param name="HostLogger">The host's own log, under the category of the script.</param>
/// <param name="Abort">Aborts the thread that the script blocks; none when that may not be.</param>
internal sealed record ScriptRun(ActiveRun Run, VersionLease Lease, RunLog Log, ILogger HostLogger, CancellationToken Abort);

/// <summary>Where scripts run.</summary>
internal interface IScriptRunner
{
    /// <summary>Runs a script once, to its end.</summary>
    /// <returns>Null, or why it failed, as text: nothing of the plugin leaves.</returns>
    Task<RunError?> RunAsync(ScriptRun run);

    /// <summary>Gives up on a script that did not stop when it was asked to, and tells its log what becomes of it.</summary>
    /// <returns>The error of its run.</returns>
    RunError GiveUp(ScriptRun run);
}

/// <summary>Runs the scripts that do not run in this process.</summary>
internal interface IIsolatedRunner : IScriptRunner;
