using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Signals;
using PluginHost.History;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Runs;

/// <summary>
/// A run is on the node that stores it, unless its script lets nothing overlap: then it goes where the runs of the script
/// are that have not ended. So all that must not run at once is in one queue, which knows of it. What a schedule starts, and
/// nothing holds elsewhere, is spread over the nodes that have the version. What needs a label goes to nodes that have it
/// alone. A node that is drained gets nothing but what must follow a run that it has.
/// </summary>
internal sealed class ClusterPlacement(Node node, LiveRegistry live, EffectiveSchedules schedules, RunFactory factory, ClusterPlaces places, PostgresSource source) : IRunPlacement
{
    // Whoever has been silent for longer may be on its way out.
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2.5);

    public bool IsAlone => false;

    public bool IsHere(RunInfo run) => node.Is(run.Node);

    public string? RefuseHere(string? label) => NodeLabels.Suffice(node.Labels, label)
        ? null
        : $"it needs a node with the label '{label}', and node '{node.Id}' does not have it (its labels: {NodeLabels.List(node.Labels)})";

    public IReadOnlyList<RunInfo> Place(HistoryConnection connection, RunInfo run)
    {
        // A retry stays where the run was that it follows.
        if (run.FanOut is not null)
        {
            return run.FanOut == run.Id ? PlaceOnEvery(connection, run, Able(connection, run)) : [Give(connection, run, node.Id)];
        }

        if (!run.Exclusive && (run.Version is not null || !LetsNothingOverlap(run.Script)))
        {
            return [Give(connection, run, Choose(connection, run))];
        }

        TakeTurn(connection, run.Script);
        return [Give(connection, run, WithTheOthers(connection, run) ?? Choose(connection, run))];
    }

    public void Ended(HistoryConnection connection, RunInfo run) => places.GiveBack(connection, run);

    /// <summary>A run on each of some nodes; the one that was asked comes first, if it is among them.</summary>
    /// <exception cref="ConflictException">There is none.</exception>
    public IReadOnlyList<RunInfo> PlaceOnEvery(HistoryConnection connection, RunInfo run, IReadOnlyList<NodeRecord> nodes)
    {
        if (nodes.Count == 0)
        {
            throw Refuse(connection, run);
        }

        return [.. nodes.OrderByDescending(other => node.Is(other.Id)).Select((other, i) => Give(connection, i == 0 ? run : factory.CreateBeside(run), other.Id))];
    }

    /// <summary>The nodes that can take a run at present.</summary>
    public IReadOnlyList<NodeRecord> Able(HistoryConnection connection, RunInfo run)
    {
        if (live.Current.Plugins.GetValueOrDefault(run.Plugin) is not { } plugin || (run.Version is not null && run.Version != plugin.Version.Id))
        {
            return [];
        }

        var here = LiveOnNode.Of(plugin);
        return NodeStore.List(connection).FindAll(other =>
            other.TakesTurns && other.Has(run.NodeLabel)

            // This one is there, and has the version now, whatever it said last.
            && (node.Is(other.Id) || (other.Silence < Fresh && other.Report.Plugins.Any(here.IsSame))));
    }

    /// <summary>Why no node can take the runs of a script, for people.</summary>
    public static string Explain(HistoryConnection connection, string plugin, string? label)
    {
        var up = NodeStore.List(connection).FindAll(other => other.IsUp);
        return label is null ? $"no node that is up, and not drained, has the version of {plugin} whose schedules count"
            : up.Exists(other => other.Has(label)) ? $"no node that has the label '{label}' is up, not drained, and has this version of {plugin}"
            : $"no node that is up has the label '{label}' (labels there are: {NodeLabels.List([.. up.SelectMany(other => other.Report.Labels).Distinct(StringComparer.OrdinalIgnoreCase)])})";
    }

    /// <summary>Of two nodes that decide on a script at once, the second one decides again and sees what the first has stored.</summary>
    public static void TakeTurn(HistoryConnection connection, string script) => connection.Run(
        "INSERT INTO script_turns (script, turns) VALUES (@script, 1) ON CONFLICT (script) DO UPDATE SET turns = script_turns.turns + 1", ("@script", script));

    /// <summary>The node on which the unfinished runs of the same script are; null when there are none, or it has not the label that the script needs now.</summary>
    private static string? WithTheOthers(HistoryConnection connection, RunInfo run) =>
        RunStore.Unfinished(connection, run.Script).FindLast(other => other.Node.Length > 0) is { Node: var last }
        && (run.NodeLabel is null || NodeStore.List(connection).Exists(other => other.IsUp && other.Id == last && other.Has(run.NodeLabel)))
            ? last
            : null;

    private RunInfo Give(HistoryConnection connection, RunInfo run, string target)
    {
        var placed = run with { Node = target };
        if (target.Length > 0 && !IsHere(placed))
        {
            Signal.Send(connection, source, Signal.Take, placed.Node, placed.Id);
        }

        return placed;
    }

    /// <summary>Where a run goes that nothing holds on a node: by hand, to the node that was asked; of a schedule, or where this node cannot take it, to any.</summary>
    /// <returns>Nothing, where a run that follows another one has to wait for a node with its label.</returns>
    /// <exception cref="ConflictException">It is asked for by hand, and no node can take it.</exception>
    /// <exception cref="LeftToOthersException">It is a schedule's, and this node takes no more of them.</exception>
    private string Choose(HistoryConnection connection, RunInfo run)
    {
        var refusal = RefuseHere(run.NodeLabel);

        // Not as of the last check-in: whoever has drained it may rely on that from then on.
        if (run.Trigger is not (RunTrigger.Schedule or RunTrigger.CatchUp) && refusal is null && !NodeStore.IsDraining(connection, node.Id))
        {
            return node.Id;
        }

        if (Spread(connection, run) is { } other)
        {
            return other;
        }

        // What has begun is seen through: a retry or a follower that no other node can take is run here.
        return run.Trigger switch
        {
            RunTrigger.Manual => throw Refuse(connection, run),
            RunTrigger.Schedule or RunTrigger.CatchUp when NodeStore.IsDraining(connection, node.Id) => throw new LeftToOthersException(),
            _ => refusal is null ? node.Id : "",
        };
    }

    private ConflictException Refuse(HistoryConnection connection, RunInfo run) => new(
        run is { FanOut: not null, Version: { } asked } && live.Current.Plugins.GetValueOrDefault(run.Plugin)?.Version.Id is { } current && asked != current
        ? $"Script {run.Script} runs on every node, and only the live version, {current}, can be run so: version {asked} was asked for. Nothing was started. Ask without a version, or make that one live: pluginhost rollback {run.Plugin} {asked}."
        : run.NodeLabel is null && run.FanOut is null
        ? $"Node '{node.Id}' is being drained and takes no new runs, and no other node that is up has this version of {run.Plugin}. Ask again when one has, or undo it: pluginhost drain {node.Id} --undo."
        : $"Script {run.Script} cannot run: {Explain(connection, run.Plugin, run.NodeLabel)}. Nothing was started.");

    /// <summary>Of two nodes at random the one that has less to do: that is even, and needs no numbers of this very moment.</summary>
    private string? Spread(HistoryConnection connection, RunInfo run)
    {
        NodeRecord[] able = [.. Able(connection, run)];
        Random.Shared.Shuffle(able);
        return able.Take(2).MinBy(other => other.Report.Running + other.Report.Queued)?.Id;
    }

    private bool LetsNothingOverlap(string scriptId) =>
        !live.Current.Scripts.TryGetValue(scriptId, out var script)
        || script.Descriptor is { MaxConcurrent: > 0 } or { RunAfter.Count: > 0 }
        || schedules.Of(script.Descriptor).Any(schedule => schedule.Overlap != OverlapPolicy.Allow);
}
