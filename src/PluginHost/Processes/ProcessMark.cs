using System.Globalization;

namespace PluginHost.Processes;

/// <summary>Finds processes that are no longer anybody's children by a variable of their environment, on Linux.</summary>
/// <remarks>
/// A build server leaves the process tree of the build that started it, and may leave its session; the environment
/// it was born with stays.
/// </remarks>
/// <param name="Variable">The variable.</param>
/// <param name="Value">What it holds in the processes that are meant.</param>
internal sealed record ProcessMark(string Variable, string Value)
{
    /// <summary>Ends every marked process but this one.</summary>
    /// <returns>How many were ended.</returns>
    public int KillAll() => Find().Count(ProcessSession.KillOne);

    /// <summary>What the marked processes hold in memory together, in bytes; pages that they share count for each.</summary>
    public long ResidentBytes() => Find().Sum(ResidentBytes);

    /// <summary>Lets what this process starts from now on, and what that starts, be marked, unless it is given another environment.</summary>
    public void PutOnWhatIsStarted() => Environment.SetEnvironmentVariable(Variable, Value);

    /// <summary>The marked processes: their ids, command lines, and what each holds in memory, in bytes.</summary>
    public IReadOnlyList<(int Id, string Command, long ResidentBytes)> List() =>
        [.. Find().Order().Select(id => (id, Read(id, "cmdline").Replace('\0', ' '), ResidentBytes(id))).Where(process => process.Item3 > 0)];

    /// <summary>The ids of the marked processes but this one.</summary>
    public IEnumerable<int> Find() => !OperatingSystem.IsLinux() ? [] : Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id != 0 && id != Environment.ProcessId && HasVariable(id));

    /// <summary>The name of a process; empty when it has ended.</summary>
    public static string NameOf(int process) => Read(process, "comm").TrimEnd('\n');

    private bool HasVariable(int process) => Read(process, "environ").Split('\0').Contains($"{Variable}={Value}", StringComparer.Ordinal);

    // The second number of statm, in pages.
    private static long ResidentBytes(int process) =>
        Read(process, "statm").Split(' ') is [_, var pages, ..] ? long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize : 0;

    private static string Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is another user's.
            return "";
        }
    }
}
