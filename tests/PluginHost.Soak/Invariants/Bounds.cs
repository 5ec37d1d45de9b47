namespace PluginHost.Soak.Invariants;

/// <summary>What the host holds does not grow with what has happened to it.</summary>
internal static class Bounds
{
    private const int WarmUp = 3;
    private const long MiB = 1024 * 1024;

    public static void Check(IReadOnlyList<Sample> samples)
    {
        var now = samples[^1];
        if (samples.Count <= WarmUp)
        {
            return;
        }

        var warm = samples.Skip(1).Take(WarmUp).ToList();
        Expect("MiB of memory", now.MemoryBytes / MiB, (warm.Max(sample => sample.MemoryBytes) / MiB * 3 / 2) + 100);
        Expect("threads", now.Threads, (warm.Max(sample => sample.Threads) * 3 / 2) + 50);
        Expect("open files", now.Handles, (warm.Max(sample => sample.Handles) * 3 / 2) + 50);
        Expect("processes", now.Processes, warm.Max(sample => sample.Processes) + 3);
        Expect("temporary files", now.TemporaryFiles, warm.Max(sample => sample.TemporaryFiles) + 20);
    }

    private static void Expect(string what, long now, long most)
    {
        if (now > most)
        {
            throw new InvariantException($"The host holds {now} {what}; by what it held when it was warm it should be at most {most}.");
        }
    }
}
