using System.Globalization;
using PluginHost.Soak.Invariants;

namespace PluginHost.Soak;

/// <summary>What the host held from check to check, and how long the page was silent during what.</summary>
internal static class Report
{
    public static string Row(Sample sample) => string.Create(
        CultureInfo.InvariantCulture,
        $"{sample.At:HH:mm:ss} starts {sample.Starts,4}  commits {sample.Commits,5}  runs {sample.Acknowledged,6}  {sample.MemoryBytes / (1024 * 1024),5} MiB  threads {sample.Threads,4}  files {sample.Handles,4}  processes {sample.Processes,2}  leaked {sample.Leaked,3}  artifact folders {sample.ArtifactFolders,4}  temporary {sample.TemporaryFiles,3}");

    public static void Write(TextWriter output, IReadOnlyList<Sample> samples, IReadOnlyDictionary<string, int> counts, IReadOnlyDictionary<string, TimeSpan> silence)
    {
        output.WriteLine();
        foreach (var sample in samples)
        {
            output.WriteLine(Row(sample));
        }

        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"act",-30}{"times",8}{"longest without the page, ms",32}"));
        foreach (var (act, times) in counts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{act,-30}{times,8}{silence.GetValueOrDefault(act).TotalMilliseconds,32:F0}"));
        }
    }
}
