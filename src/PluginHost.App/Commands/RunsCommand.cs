using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;

namespace PluginHost.App.Commands;

/// <summary><c>runs</c>: what has run, and how it ended.</summary>
internal static class RunsCommand
{
    public static Command Create()
    {
        var script = new Option<string?>("--script") { Description = "Only runs of this script.", HelpName = "ID" };
        script.CompletionSources.Add(Known.Scripts);
        var state = EnumOption.Create<RunState>("--state", "Only runs in this state.");
        var trigger = EnumOption.Create<RunTrigger>("--trigger", "Only runs that were started so.");
        var page = new PageOptions();
        return ClientCommand.Create("runs", "Lists runs, newest first.", [script, state, trigger, .. page.All], async call => call.WriteList(
            await call.Api.GetAsync<Page<RunInfo>>(
                page.AddTo(call, new QueryText("runs").Add("script", call.Get(script)).Add("state", call.Get(state)).Add("trigger", call.Get(trigger))),
                call.Cancellation),
            ["RUN", "SCRIPT", "STATE", "TRIGGER", "QUEUED", "TOOK", "VERSION"],
            run => [run.Id, run.Script, Show.State(run.State), Show.State(run.Trigger).Text, call.Local(run.QueuedAt), Show.Duration(run.DurationMs), run.Version],
            "There is no such run."));
    }
}
