using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;

namespace PluginHost.App.Commands;

/// <summary><c>scripts</c>: what can be run.</summary>
internal static class ScriptsCommand
{
    public static Command Create()
    {
        var page = new PageOptions(unasked: PageOptions.Most);
        return ClientCommand.Create("scripts", "Lists the scripts of the live plugins.", page.All, async call => call.WriteList(
            await call.Api.GetAsync<Page<ScriptInfo>>(page.AddTo(call, new QueryText("scripts")), call.Cancellation),
            ["SCRIPT", "STATE", "VERSION", "NEXT", "LAST RUN", "DESCRIPTION"],
            script =>
            [
                script.Id,
                Show.State(script.State),
                script.Live.Version,
                call.Local(Next(script)),
                script.LastRun is { } run ? Show.State(run.State) : "",
                script.Description,
            ],
            "No script is live. 'pluginhost status' says whether the host is still loading, 'pluginhost plugins' what is wrong."));
    }

    private static DateTimeOffset? Next(ScriptInfo script) =>
        script.Schedules.SelectMany(schedule => schedule.Next).Order().Select(next => (DateTimeOffset?)next).FirstOrDefault();
}
