using PluginHost.Scripts;

namespace PluginHost.Running;

/// <summary>How long to wait before a script is tried again.</summary>
internal static class RetryDelay
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static TimeSpan After(int attempt, ScriptDescriptor script)
    {
        var delay = Math.Min(script.RetryDelay.Ticks * Math.Pow(2, attempt - 1), Longest.Ticks);

        // Many scripts that failed of one cause do not all come back in one moment.
        return TimeSpan.FromTicks((long)(delay * (0.9 + (0.2 * Random.Shared.NextDouble()))));
    }
}
