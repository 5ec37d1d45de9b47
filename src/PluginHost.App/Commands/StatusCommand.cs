using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;
using Spectre.Console;

namespace PluginHost.App.Commands;

/// <summary><c>status</c>: the host at a glance.</summary>
internal static class StatusCommand
{
    public static Command Create() => ClientCommand.Create("status", "Shows the host at a glance.", [], async call =>
        call.Write(await call.Api.GetAsync<HostStatus>("status", call.Cancellation), status => Write(call, status)));

    private static void Write(ClientCall call, HostStatus status)
    {
        var counts = status.Counts;
        call.Output.Fields(
            ("Host", $"{call.Api.Host} (version {status.Version})"),
            ("State", Show.State(status.State)),
            ("Up for", Show.Duration(status.UptimeMs)),
            ("Memory", $"{Show.Bytes(status.Memory.WorkingSetBytes)} ({Show.Bytes(status.Memory.ManagedBytes)} managed)"),
            ("Plugins", $"{counts.Plugins} with {Show.Count(counts.Scripts, "script", "scripts")}"),
            ("Runs", $"{counts.RunningRuns} running, {counts.QueuedRuns} queued"),
            ("Problems", counts.Problems == 0 ? (Cell?)null : new Cell($"{Show.Count(counts.Problems, "plugin has", "plugins have")} one: pluginhost plugins", Color.Yellow)),
            ("Leaked", status.LeakedContexts == 0 ? (Cell?)null : new Cell(Show.Count(status.LeakedContexts, "version is still in memory", "versions are still in memory"), Color.Yellow)));
        foreach (var problem in status.Problems)
        {
            call.Output.Line(new Cell(problem, Color.Yellow));
        }

        foreach (var activity in status.Activities)
        {
            call.Output.Line($"{activity.Message}{(activity.Fraction is { } fraction ? $" ({fraction:P0})" : "")}, since {call.Local(activity.StartedAt)}");
        }

        call.Output.Line("");
        call.Output.Table(
            ["SOURCE", "STATE", "BRANCH", "COMMIT", "CHECKED", "REPOSITORY"],
            status.Sources.Select(source => (IReadOnlyList<Cell>)[source.Name, Show.State(source.State), source.Branch, Show.Commit(source.Commit), call.Local(source.LastCheckedAt), $"{source.Url} {source.Path}".TrimEnd()]));
        foreach (var error in status.Sources.Select(source => source.Error).OfType<string>())
        {
            call.Output.Line(new Cell(error, Color.Yellow));
        }
    }
}
