using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Signals;
using PluginHost.History;
using PluginHost.Scheduling;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Runs;

/// <summary>
/// A run is on the node that stores it, unless its script lets nothing overlap: then it goes where the runs of the script
/// are that have not ended. So all that must not run at once is in one queue, which knows of it. What a schedule starts, and
/// nothing holds elsewhere, is spread over the nodes that have the version. A node that is drained gets nothing but what must follow a run that it has.
/// </summary>
internal sealed class ClusterPlacement(Node node, LiveRegistry live, EffectiveSchedules schedules, PostgresSource source) : IRunPlacement
{
    // Whoever has been silent for longer may be on its way out.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2.5);

    public bool IsAlone => false;

    public bool IsHere(RunInfo run) => node.Is(run.Node);

    public RunInfo Place(HistoryConnection connection, RunInfo run)
    {
        if (!run.Exclusive && (run.Version is not null || !LetsNothingOverlap(run.Script)))
        {
            return Give(connection, run, Choose(connection, run));
        }

        TakeTurn(connection, run.Script);
        return Give(connection, run, RunStore.Unfinished(connection, run.Script) is [.., var last] ? last.Node : Choose(connection, run));
    }

    private RunInfo Give(HistoryConnection connection, RunInfo run, string target)
    {
        var placed = run with { Node = target };
        if (!IsHere(placed))
        {
            Signal.Send(connection, source, Signal.Take, placed.Node, placed.Id);
        }

        return placed;
    }

    /// <summary>Of two nodes that decide on a script at once, the second one decides again and sees what the first has stored.</summary>
    public static void TakeTurn(HistoryConnection connection, string script) => connection.Run(
        "INSERT INTO script_turns (script, turns) VALUES (@script, 1) ON CONFLICT (script) DO UPDATE SET turns = script_turns.turns + 1", ("@script", script));

    /// <summary>Where a run goes that nothing holds on a node: by hand, to the node that was asked; of a schedule, or where this node is drained, to any.</summary>
    /// <exception cref="ConflictException">It is asked of a node that is drained, and no other can take it.</exception>
    private string Choose(HistoryConnection connection, RunInfo run)
    {
        // Not as of the last check-in: whoever has drained it may rely on that from then on.
        var isDraining = NodeStore.IsDraining(connection, node.Id);
        if (run.Trigger is not (RunTrigger.Schedule or RunTrigger.CatchUp) && !isDraining)
        {
            return node.Id;
        }

        // What has begun is seen through: a retry or a follower that no other node can take is run here.
        return Spread(connection, run) ?? (isDraining && run.Trigger == RunTrigger.Manual
            ? throw new ConflictException($"Node '{node.Id}' is being drained and takes no new runs, and no other node that is up has this version of {run.Plugin}. Ask again when one has, or undo it: pluginhost drain {node.Id} --undo.")
            : node.Id);
    }

    /// <summary>Of two nodes at random the one that has less to do: that is even, and needs no numbers of this very moment.</summary>
    private string? Spread(HistoryConnection connection, RunInfo run)
    {
        if (live.Current.Plugins.GetValueOrDefault(run.Plugin) is not { } plugin || (run.Version is not null && run.Version != plugin.Version.Id))
        {
            return null;
        }

        var here = LiveOnNode.Of(plugin);
        var able = NodeStore.List(connection)
            .Where(other => other is { IsUp: true, IsDraining: false, Report.TakesTurns: true } && other.Silence < Fresh && other.Report.Plugins.Any(here.IsSame))
            .ToArray();
        Random.Shared.Shuffle(able);
        return able.Take(2).MinBy(other => other.Report.Running + other.Report.Queued)?.Id;
    }

    private bool LetsNothingOverlap(string scriptId) =>
        !live.Current.Scripts.TryGetValue(scriptId, out var script)
        || script.Descriptor is { MaxConcurrent: > 0 } or { RunAfter.Count: > 0 }
        || schedules.Of(script.Descriptor).Any(schedule => schedule.Overlap != OverlapPolicy.Allow);
}
