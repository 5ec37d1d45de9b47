using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Signals;
using PluginHost.History;
using PluginHost.Scheduling;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Runs;

/// <summary>
/// A run is on the node that stores it, unless its script lets nothing overlap: then it goes where the runs of the script
/// are that have not ended. So all that must not run at once is in one queue, which knows of it.
/// </summary>
internal sealed class ClusterPlacement(Node node, LiveRegistry live, EffectiveSchedules schedules, PostgresSource source) : IRunPlacement
{
    public bool IsAlone => false;

    public bool IsHere(RunInfo run) => node.Is(run.Node);

    public RunInfo Place(HistoryConnection connection, RunInfo run)
    {
        if (!run.Exclusive && (run.Version is not null || !LetsNothingOverlap(run.Script)))
        {
            return run with { Node = node.Id };
        }

        TakeTurn(connection, run.Script);
        var placed = run with { Node = RunStore.Unfinished(connection, run.Script) is [.., var last] ? last.Node : node.Id };
        if (!IsHere(placed))
        {
            Signal.Send(connection, source, Signal.Take, placed.Node, placed.Id);
        }

        return placed;
    }

    /// <summary>Of two nodes that decide on a script at once, the second one decides again and sees what the first has stored.</summary>
    public static void TakeTurn(HistoryConnection connection, string script) => connection.Run(
        "INSERT INTO script_turns (script, turns) VALUES (@script, 1) ON CONFLICT (script) DO UPDATE SET turns = script_turns.turns + 1", ("@script", script));

    private bool LetsNothingOverlap(string scriptId) =>
        !live.Current.Scripts.TryGetValue(scriptId, out var script)
        || script.Descriptor is { MaxConcurrent: > 0 } or { RunAfter.Count: > 0 }
        || schedules.Of(script.Descriptor).Any(schedule => schedule.Overlap != OverlapPolicy.Allow);
}
