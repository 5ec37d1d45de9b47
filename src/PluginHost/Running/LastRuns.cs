using System.Collections.Frozen;
using PluginHost.History;

namespace PluginHost.Running;

/// <summary>The newest runs of scripts. Those that have ended are read once: nothing changes them any more.</summary>
/// <remarks>A page of a thousand scripts shows them all, and is made anew whenever one of them begins or ends a run.</remarks>
internal sealed class LastRuns(RunStore store)
{
    // From so many on, one statement for all that have runs is quicker than one for each that is asked for.
    private const int Many = 100;

    private volatile FrozenDictionary<string, RunInfo> _ended = FrozenDictionary<string, RunInfo>.Empty;

    /// <summary>The newest run of each of some scripts that has runs, as it is stored; perhaps of others, too.</summary>
    public IEnumerable<RunInfo> Of(IReadOnlyCollection<string> scripts)
    {
        var known = _ended;
        if (scripts.Count < Many)
        {
            return scripts.Select(script => store.Last(script, known)).OfType<RunInfo>();
        }

        var last = store.Last(known);
        if (last.Any(run => run.IsFinished && !known.ContainsKey(run.Id)))
        {
            // Whoever reads at the same time may put less in its place; that is read again then.
            _ended = last.Where(run => run.IsFinished).ToFrozenDictionary(run => run.Id, StringComparer.Ordinal);
        }

        return last;
    }
}
