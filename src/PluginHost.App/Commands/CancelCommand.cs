using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;

namespace PluginHost.App.Commands;

/// <summary><c>cancel</c>: asks a run to stop.</summary>
internal static class CancelCommand
{
    public static Command Create()
    {
        var run = Known.RunArgument();
        return ClientCommand.Create("cancel", "Asks a run to stop.", [run], async call =>
        {
            var id = call.Get(run);
            var answer = await call.Api.SendAsync<RunInfo>(HttpMethod.Post, $"runs/{Uri.EscapeDataString(id)}/cancel", null, TimeSpan.Zero, call.Cancellation);
            return call.Write(answer, now => call.Output.Line(now.IsFinished
                ? $"Run {now.Id} of {now.Script} {RunText.HowItEnded(now.State)}."
                : $"Run {now.Id} of {now.Script} is asked to stop. See how it ends: pluginhost logs {now.Id} --follow"));
        });
    }
}
