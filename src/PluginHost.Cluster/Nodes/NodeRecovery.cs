using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Cluster.Postgres;
using PluginHost.Cluster.Runs;
using PluginHost.Cluster.Signals;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Nodes;

/// <summary>Sees to the runs of nodes that have died: once, whoever of the others finds out first.</summary>
internal sealed partial class NodeRecovery(
    HistoryDatabase database, Node node, LiveRegistry live, RunFactory factory, Quarantines quarantines, RunService runs, WaitingEnds ends, ClusterPlaces places, PostgresSource source, HostEvents events, IOptions<ClusterOptions> options, IOptions<PluginHostOptions> host, TimeProvider time,
    ILogger<NodeRecovery> logger)
{
    // Its own supervisor may have; here nobody did.
    private static readonly PreviousDeath Unseen = new((string?)null);

    /// <summary>Takes for dead whoever has been silent for too long, and sees to the runs of all that are not up.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public async Task<bool> RecoverAsync(CancellationToken cancellationToken)
    {
        Recovery? recovered = null;
        await database.WriteAsync(
            connection => (recovered = new Recovery(connection, node, live, factory, ends, places, source, new CrashJudgement(Unseen, host.Value.Runs.Quarantine, time.GetUtcNow()), options.Value.NodeTimeout, time.GetUtcNow())).Run(), cancellationToken);
        quarantines.Know(recovered!.Judgement);
        foreach (var dead in recovered!.Dead)
        {
            LogDead(dead.Id, dead.Silence);
        }

        foreach (var run in recovered.Lost)
        {
            LogLost(run.Id, run.Script, run.Node, recovered.IsRunAgain(run) ? "and is run again" : "and is lost");
            events.Publish(HostEventKind.Run, run.Id);
        }

        foreach (var run in recovered.TakenOver)
        {
            if (node.Is(run.Node))
            {
                runs.TakeUp(run);
            }

            events.Publish(HostEventKind.Run, run.Id);
        }

        foreach (var run in recovered.Ended)
        {
            events.Publish(HostEventKind.Run, run.Id);
        }

        return recovered.Dead.Count + recovered.Lost.Count + recovered.TakenOver.Count > 0;
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "Node '{NodeId}' has not checked in for {Silence} and is taken for dead; its runs are seen to.")]
    private partial void LogDead(string nodeId, TimeSpan silence);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Warning, Message = "Run '{RunId}' of script '{ScriptId}' was under way on node '{NodeId}' when that died, {Outcome}.")]
    private partial void LogLost(string runId, string scriptId, string nodeId, string outcome);

    /// <summary>One transaction, which may be begun again.</summary>
    private sealed class Recovery(HistoryConnection connection, Node node, LiveRegistry live, RunFactory factory, WaitingEnds ends, ClusterPlaces places, PostgresSource source, CrashJudgement judgement, TimeSpan timeout, DateTimeOffset now)
    {
        private Dictionary<string, NodeRecord> _up = [];

        public CrashJudgement Judgement => judgement;

        public List<NodeRecord> Dead { get; } = [];

        public List<RunInfo> Lost { get; private set; } = [];

        public List<RunInfo> TakenOver { get; } = [];

        public List<RunInfo> Ended { get; } = [];

        public bool Run()
        {
            var nodes = NodeStore.List(connection);
            Dead.AddRange(nodes.Where(other => other.IsUp && other.Silence > timeout && !node.Is(other.Id) && NodeStore.Bury(connection, other.Id, timeout)));
            _up = nodes.Where(other => other.IsUp && !Dead.Contains(other)).ToDictionary(other => other.Id, StringComparer.OrdinalIgnoreCase);
            if (!_up.ContainsKey(node.Id))
            {
                // Others have taken this one for dead, so it judges nobody.
                return false;
            }

            Lost = RunStore.Lose(connection, IsOrphan, judgement.Error, judgement.Judge, run => IsRunAgain(run) ? Rerun(run) : null, now);
            RunStore.Waiting(connection).FindAll(run => IsOrphan(run) || !_up[run.Node].Has(run.NodeLabel)).ForEach(GiveWaiting);
            if (Dead.Count + Lost.Count + TakenOver.Count + Ended.Count > 0)
            {
                places.GiveAll(connection);
            }

            return true;
        }

        /// <summary>What ran on every node is that node's own.</summary>
        public bool IsRunAgain(RunInfo run) => run is { RerunWhenLost: true, FanOut: null } && !judgement.IsSuspected(run);

        private bool IsOrphan(RunInfo run) => !_up.ContainsKey(run.Node);

        private void GiveWaiting(RunInfo run)
        {
            if (run.FanOut is not null)
            {
                var error = new RunError("NodeGone", $"Node '{run.Node}' has stopped, was taken for dead or has lost its label before the run began, and what runs on every node is not moved to another one.", null);
                ends.End(connection, run with { State = RunState.Cancelled, FinishedAt = now, Error = error });
                Ended.Add(run);
            }
            else if (Choose(run) is var target && target.Length + run.Node.Length > 0)
            {
                Give(run, target);
            }
        }

        private RunInfo Rerun(RunInfo lost)
        {
            var again = factory.CreateRerun(lost);
            return Give(again, Choose(again));
        }

        private RunInfo Give(RunInfo run, string target)
        {
            var given = RunStore.Move(connection, run, target);
            if (target.Length > 0 && !node.Is(target))
            {
                Signal.Send(connection, source, Signal.Take, target, run.Id);
            }

            TakenOver.Add(given);
            return given;
        }

        /// <returns>A node that can take it. Without one, this node has it until it can; or nobody, where it needs a label that this one has not.</returns>
        private string Choose(RunInfo run)
        {
            var has = _up.Values.Where(other => !other.IsDraining && other.Has(run.NodeLabel) && other.Report.Plugins.Any(live => live.Plugin.Equals(run.Plugin, StringComparison.OrdinalIgnoreCase)))
                .Select(other => other.Id).ToList();
            if (run.NodeLabel is null)
            {
                // All runs of a script to one node, so that what must not overlap is in one queue there.
                return (live.Current.Plugins.ContainsKey(run.Plugin) && !node.IsDraining) || has.Count == 0 ? node.Id : has[0];
            }

            // Asked each second for as long as it waits, so without a change of anything.
            if (has.Count == 0)
            {
                return "";
            }

            // With those of its script that have a node, for the same reason.
            ClusterPlacement.TakeTurn(connection, run.Script);
            return RunStore.Unfinished(connection, run.Script).FindLast(other => has.Contains(other.Node))?.Node ?? has[0];
        }
    }
}
