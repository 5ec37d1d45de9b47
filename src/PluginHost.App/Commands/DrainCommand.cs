using System.CommandLine;
using PluginHost.App.Client;

namespace PluginHost.App.Commands;

/// <summary><c>drain</c>: a node of the cluster takes no new runs, as before its upgrade.</summary>
internal static class DrainCommand
{
    public static Command Create()
    {
        var node = Known.NodeArgument();
        var undo = new Option<bool>("--undo") { Description = "Let it have runs again." };
        return ClientCommand.Create("drain", "Keeps a node of the cluster from new runs; it finishes those that it has.", [node, undo], async call =>
        {
            var (id, isUndone) = (call.Get(node), call.Arguments.GetValue(undo));
            var answer = await call.Api.SendAsync<NodeInfo>(
                isUndone ? HttpMethod.Delete : HttpMethod.Post, $"nodes/{Uri.EscapeDataString(id)}/drain", null, TimeSpan.Zero, call.Cancellation, Lookup.Node(id));
            return call.Write(answer, now => call.Output.Line(now.IsDraining
                ? $"{now.Id} takes no new runs; {now.RunningRuns} are under way there and {now.QueuedRuns} wait. Undo it with: pluginhost drain {now.Id} --undo"
                : $"{now.Id} takes runs."));
        });
    }
}
