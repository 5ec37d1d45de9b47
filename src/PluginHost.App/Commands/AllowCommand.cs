using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;

namespace PluginHost.App.Commands;

/// <summary><c>allow</c> and <c>leave-safe-mode</c>: what the host has stopped starting goes on.</summary>
internal static class AllowCommand
{
    public static Command Create()
    {
        var script = Known.ScriptArgument();
        return ClientCommand.Create("allow", "Lets a script that is in quarantine run again.", [script], async call =>
        {
            var id = call.Get(script);
            var answer = await call.Api.SendAsync<ScriptInfo>(HttpMethod.Post, $"scripts/{Uri.EscapeDataString(id)}/allow", null, TimeSpan.Zero, call.Cancellation, Lookup.Script(id));
            return call.Write(answer, now => call.Output.Line(new Cell($"{now.Id} is {Show.State(now.State).Text}.", Show.State(now.State).Color)));
        });
    }

    public static Command CreateLeaveSafeMode() =>
        ClientCommand.Create("leave-safe-mode", "Lets the host start scripts by itself again.", [], async call =>
        {
            var answer = await call.Api.SendAsync<HostStatus>(HttpMethod.Delete, "safe-mode", null, TimeSpan.Zero, call.Cancellation);
            return call.Write(answer, _ => call.Output.Line("The host starts scripts by itself."));
        });
}
