using System.Collections.Concurrent;
using PluginHost.History;

namespace PluginHost.Running;

/// <summary>How the last runs of each script ended: read once for each script, and kept up to date from then on.</summary>
/// <remarks>A page of a thousand scripts shows them all; to read them for each look at it would take longer than the rest of it.</remarks>
internal sealed class RecentRuns(RunStore store)
{
    /// <summary>How many runs of a script are known.</summary>
    public const int Count = 12;

    private readonly ConcurrentDictionary<string, Script> _scripts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The last runs of a script that have ended, the oldest first.</summary>
    public IReadOnlyList<RecentRun> Of(string script)
    {
        var entry = _scripts.GetOrAdd(script, _ => new Script());
        lock (entry)
        {
            if (entry.Runs is { } known)
            {
                return known;
            }

            // What comes after this moment is taken up below.
            var isAll = store.CatchUp();
            List<RecentRun> read = [.. store.List(new RunQuery { Script = script, Limit = Count * 2 }).Items.Where(run => run.IsFinished).Take(Count).Reverse().Select(RecentRun.Of)];
            entry.Runs = isAll ? read : null;
            return read;
        }
    }

    /// <summary>Takes up a run whose end is stored. Of scripts that nobody has asked for, the store knows it.</summary>
    public void Add(RunInfo ended)
    {
        if (_scripts.GetValueOrDefault(ended.Script) is not { } entry)
        {
            return;
        }

        lock (entry)
        {
            // Whoever read the store after the end was stored has it already.
            if (entry.Runs is { } runs && runs.All(run => run.Id != ended.Id))
            {
                entry.Runs = [.. runs.Skip(runs.Count + 1 - Count), RecentRun.Of(ended)];
            }
        }
    }

    private sealed class Script
    {
        public IReadOnlyList<RecentRun>? Runs { get; set; }
    }
}
