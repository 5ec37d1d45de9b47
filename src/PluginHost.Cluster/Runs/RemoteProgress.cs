using System.Collections.Concurrent;
using System.Globalization;

namespace PluginHost.Cluster.Runs;

/// <summary>How far the runs of other nodes are, as those said. Kept in memory: the database learns it with a run's end.</summary>
internal sealed class RemoteProgress
{
    // Those whose end was not heard of must not pile up.
    private const int Most = 10_000;

    // PostgreSQL takes 8,000 bytes, and a character becomes nine at most.
    private const int LongestMessage = 500;

    private readonly ConcurrentDictionary<string, RunProgress> _runs = new();

    public RunProgress? Find(string runId) => _runs.GetValueOrDefault(runId);

    public void Forget(string runId) => _runs.TryRemove(runId, out _);

    /// <summary>As words of a signal.</summary>
    public static string[] Write(RunProgress progress) =>
    [
        progress.Fraction.ToString("R", CultureInfo.InvariantCulture),
        .. progress.Message is { Length: > 0 } message ? [Uri.EscapeDataString(message.Length > LongestMessage ? message[..LongestMessage] : message)] : Array.Empty<string>(),
    ];

    /// <summary>Takes note of what <see cref="Write"/> wrote.</summary>
    public void Read(string runId, ReadOnlySpan<string> words)
    {
        if (words.IsEmpty || !double.TryParse(words[0], CultureInfo.InvariantCulture, out var fraction))
        {
            return;
        }

        if (_runs.Count >= Most)
        {
            _runs.Clear();
        }

        _runs[runId] = new RunProgress(fraction, words.Length > 1 ? Uri.UnescapeDataString(words[1]) : null);
    }
}
