using System.Globalization;

namespace PluginHost.Isolation;

/// <summary>Says in words how a worker process has ended.</summary>
internal static class WorkerEnd
{
    private const int FirstSignal = 128;

    private static readonly Dictionary<int, string> Signals = new()
    {
        [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE", [9] = "SIGKILL", [11] = "SIGSEGV", [15] = "SIGTERM",
    };

    /// <param name="exitCode">What it ended with.</param>
    /// <param name="limits">What it may take.</param>
    public static string Describe(int exitCode, IsolationOptions limits)
    {
        var signal = OperatingSystem.IsWindows() || exitCode <= FirstSignal ? null : Signals.GetValueOrDefault(exitCode - FirstSignal);
        var text = $"ended with exit code {exitCode.ToString(CultureInfo.InvariantCulture)}{(signal is null ? "" : $" ({signal})")}";
        return signal == "SIGKILL" ? $"{text}, as when the system takes a process's memory back{(limits.MaxMemoryBytes is { } most ? $" at the {most} bytes of PluginHost:Isolation:MaxMemoryBytes" : "")}" : text;
    }
}
