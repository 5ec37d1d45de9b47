using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Runs;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Pipeline;
using PluginHost.Running;
using PluginHost.Scheduling;

namespace PluginHost.Cluster.Signals;

/// <summary>Does what others have decided for this node, and takes up what they have changed.</summary>
internal sealed class Inbox(
    HistoryDatabase database, Node node, RunStore store, RunService runs, RecentRuns recent, Orders orders, ClusterPlaces places, RemoteProgress progress, RemoteLogs logs, PinStore pins, ScriptStateStore scripts, ScheduleOverrideStore overrides, Quarantines quarantines,
    IScheduleEngine engine, SourceWatchers sources, PluginStates plugins, HostEvents events, TimeProvider time)
{
    /// <summary>Look for everything, whatever was said.</summary>
    public const string LookAtAll = "look";

    public async Task HandleAsync(string[] signal, CancellationToken cancellationToken)
    {
        switch (signal)
        {
            case [Signal.Take, var to, var run] when node.Is(to):
                TakeUp(store.Find(run));
                break;
            case [Signal.Cancel, var to, _] when node.Is(to):
                await CancelAsync(cancellationToken);
                break;
            case [Signal.Place, var to, var run] when node.Is(to):
                places.Given(run);
                break;
            case [Signal.Progress, var from, var run, .. var words] when !node.Is(from):
                progress.Read(run, words);
                events.PublishOfOther(new HostEvent(HostEventKind.Run, run));
                break;
            case [Signal.Log, var to, var request, var asker] when node.Is(to):
                // A long log must not hold up the rest.
                _ = logs.AnswerAsync(request, (run, after) => runs.ReadLogAsync(run, after, follow: false, cancellationToken), asker, cancellationToken);
                break;
            case [Signal.Answer, var to, var request] when node.Is(to):
                logs.Answered(request);
                break;
            case [Signal.Event, var from, .. var changes] when !node.Is(from):
                Publish(changes);
                break;
            case [Signal.Changed, var table]:
                await FollowAsync(table, cancellationToken);
                break;
            case [LookAtAll]:
                await LookAsync(cancellationToken);
                break;
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        await CancelAsync(cancellationToken);
        await places.LookAsync(cancellationToken);
        foreach (var run in database.Read(RunStore.Waiting))
        {
            TakeUp(run);
        }

        foreach (var table in (string[])["pins", "paused_scripts", "quarantines", "schedule_overrides"])
        {
            await FollowAsync(table, cancellationToken);
        }
    }

    private void TakeUp(RunInfo? run)
    {
        if (run is { State: RunState.Queued } && node.Is(run.Node))
        {
            runs.TakeUp(run);
        }
    }

    private async Task CancelAsync(CancellationToken cancellationToken)
    {
        foreach (var run in await orders.TakeAsync(cancellationToken))
        {
            runs.CancelHere(run);
        }
    }

    private async Task FollowAsync(string table, CancellationToken cancellationToken)
    {
        switch (table)
        {
            case "pins":
                foreach (var plugin in pins.Refresh())
                {
                    if (plugins.All.FirstOrDefault(known => known.Id.Equals(plugin, StringComparison.OrdinalIgnoreCase)) is { } known)
                    {
                        // Carried out like any other deployment; its receipt says what came of it.
                        _ = sources.Get(known.Source).DeployAgain(DeploymentTrigger.Rollback);
                    }
                }

                break;
            case "paused_scripts":
                Tell(await scripts.RefreshAsync(cancellationToken));
                break;
            case "quarantines":
                quarantines.Refresh();
                break;
            case "schedule_overrides":
                var changed = await overrides.RefreshAsync(time.GetUtcNow(), cancellationToken);
                changed.ToList().ForEach(engine.Changed);
                Tell(changed);
                break;
        }
    }

    private void Tell(IReadOnlyList<string> changedScripts) => changedScripts.ToList().ForEach(script => events.PublishOfOther(new HostEvent(HostEventKind.Script, script)));

    private void Publish(string[] changes)
    {
        List<HostEvent> told = [.. changes.Select(ReadEvent).OfType<HostEvent>()];
        foreach (var ended in EndedOf([.. told.Where(change => change.Kind == HostEventKind.Run).Select(change => change.Id)]))
        {
            recent.Add(ended);
            progress.Forget(ended.Id);
        }

        told.ForEach(events.PublishOfOther);
    }

    /// <returns>Null for what this version does not know.</returns>
    private static HostEvent? ReadEvent(string change) =>
        change.Split(':', 2) is [var name, var id] && Enum.TryParse<HostEventKind>(name, out var kind) ? new HostEvent(kind, id) : null;

    private List<RunInfo> EndedOf(string[] ids) => ids.Length == 0 ? [] : database.Read(connection => RunStore.Ended(connection, ids));
}
