using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.AspNetCore.Api;

namespace PluginHost.App.Commands;

/// <summary><c>rollback</c> and <c>unpin</c>: holds a plugin at a version, and lets it go.</summary>
internal static class RollbackCommands
{
    private static readonly TimeSpan LoadLimit = TimeSpan.FromMinutes(2);

    public static Command CreateRollback()
    {
        var plugin = Known.PluginArgument();
        var version = new Argument<string?>("version") { Arity = ArgumentArity.ZeroOrOne, Description = "The version. Default: the one that was live before." };
        return ClientCommand.Create("rollback", "Makes a kept version of a plugin live, and holds it there whatever is committed until it is unpinned.", [plugin, version], async call =>
        {
            var (id, wanted) = (call.Get(plugin), call.Arguments.GetValue(version));
            var answer = await call.Api.SendAsync<PluginInfo>(
                HttpMethod.Post, $"plugins/{Uri.EscapeDataString(id)}/rollback", new RollbackBody(wanted), LoadLimit, call.Cancellation,
                Lookup.Plugin(id), Lookup.Version(id, wanted ?? ""));
            return call.Write(answer, now => call.Output.Line(now.Live?.Version == now.Pin?.Version
                ? $"{now.Id} runs {now.Live?.Version}, and stays there until: pluginhost unpin {now.Id}"
                : $"{now.Id} is pinned to {now.Pin?.Version}, which goes live as soon as runs of older versions have made way."));
        });
    }

    public static Command CreateUnpin()
    {
        var plugin = Known.PluginArgument();
        return ClientCommand.Create("unpin", "Lets a plugin follow its branch again.", [plugin], async call =>
        {
            var id = call.Get(plugin);
            var answer = await call.Api.SendAsync<PluginInfo>(HttpMethod.Delete, $"plugins/{Uri.EscapeDataString(id)}/pin", null, LoadLimit, call.Cancellation, Lookup.Plugin(id));
            return call.Write(answer, now => call.Output.Line($"{now.Id} follows its branch; live is {now.Live?.Version ?? "no version"}."));
        });
    }
}
