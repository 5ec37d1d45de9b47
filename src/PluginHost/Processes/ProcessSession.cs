using System.Globalization;
using System.Runtime.InteropServices;

namespace PluginHost.Processes;

/// <summary>Ends processes that are no longer anybody's children, on Linux.</summary>
internal static partial class ProcessSession
{
    private const int SigKill = 9;

    /// <summary>Ends every process of the group that the given process leads.</summary>
    public static void Kill(int leader) => _ = SendSignal(-leader, SigKill);

    /// <summary>Ends every process whose environment holds the given variable with the given value.</summary>
    /// <returns>How many were ended.</returns>
    /// <remarks>
    /// A build server leaves the process tree of the build that started it, and may leave its session; the environment
    /// it was born with stays.
    /// </remarks>
    public static int KillMarked(string variable, string value)
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        var mark = $"{variable}={value}";
        return Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Count(id => id != Environment.ProcessId && HasVariable(id, mark) && SendSignal(id, SigKill) == 0);
    }

    private static bool HasVariable(int processId, string mark)
    {
        try
        {
            return File.ReadAllText($"/proc/{processId}/environ").Split('\0').Contains(mark, StringComparer.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
