using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;

namespace PluginHost.App.Commands;

/// <summary><c>pause</c> and <c>resume</c>: whether a script's schedules run.</summary>
internal static class PauseCommands
{
    public static Command CreatePause() => Create("pause", "Stops a script's schedules until it is resumed. It can still be run by hand.");

    public static Command CreateResume() => Create("resume", "Lets a script's schedules run again; what was missed is caught up as each schedule says.");

    private static Command Create(string name, string description)
    {
        var script = Known.ScriptArgument();
        return ClientCommand.Create(name, description, [script], async call =>
        {
            var id = call.Get(script);
            var answer = await call.Api.SendAsync<ScriptInfo>(HttpMethod.Post, $"scripts/{Uri.EscapeDataString(id)}/{name}", null, TimeSpan.Zero, call.Cancellation, Lookup.Script(id));
            return call.Write(answer, now => call.Output.Line(new Cell($"{now.Id} is {Show.State(now.State).Text}.", Show.State(now.State).Color)));
        });
    }
}
