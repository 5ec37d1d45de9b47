using Microsoft.Extensions.Logging;

namespace PluginHost;

/// <summary>One run, as the script sees it.</summary>
/// <remarks>Safe to use from several threads. After the run has ended, reports are ignored.</remarks>
public abstract class ScriptContext
{
    /// <summary>The id of this run, unique in the host.</summary>
    public abstract string RunId { get; }

    /// <summary>The id of the script: <c>plugin.name</c>.</summary>
    public abstract string ScriptId { get; }

    /// <summary>The full id of the commit that the running code was built from.</summary>
    public abstract string Commit { get; }

    /// <summary>What started this run.</summary>
    public abstract RunTrigger Trigger { get; }

    /// <summary>The time at which the schedule meant this run to start, or null when no schedule started it.</summary>
    public abstract DateTimeOffset? ScheduledFor { get; }

    /// <summary>1 for the first try, 2 for the first retry, and so on.</summary>
    public abstract int Attempt { get; }

    /// <summary>Writes to the log of this run, which is kept and shown live.</summary>
    public abstract ILogger Logger { get; }

    /// <summary>What a constructor of this script could ask for: the services that the host shares with scripts.</summary>
    public abstract IServiceProvider Services { get; }

    /// <summary>The clock of the host.</summary>
    public abstract TimeProvider TimeProvider { get; }

    /// <summary>The folder that holds the plugin's assembly and the files it was built with. Do not write there.</summary>
    public abstract string PluginDirectory { get; }

    /// <summary>What this script keeps from one run to the next.</summary>
    /// <exception cref="NotSupportedException">The host is older than this member.</exception>
    public virtual StateStore State => throw new NotSupportedException("This host keeps no state for scripts.");

    /// <summary>Shows how far the run has come.</summary>
    /// <param name="fraction">From 0 (nothing done) to 1 (all done); values outside are moved to the nearer end.</param>
    /// <param name="message">What is being done, in a few words.</param>
    public abstract void ReportProgress(double fraction, string? message = null);

    /// <summary>Sets the result of the run, which is kept as JSON. The last call wins.</summary>
    /// <param name="result">Any value that System.Text.Json can write.</param>
    /// <exception cref="ArgumentException">The value cannot be written as JSON, or is larger than the host keeps (1 MiB by default).</exception>
    public abstract void SetResult(object? result);
}
