using System.CommandLine;
using PluginHost.App.Client;

namespace PluginHost.App.Commands;

/// <summary><c>why-loaded</c>: says what holds an unloaded version in memory.</summary>
internal static class WhyLoadedCommand
{
    private static readonly TimeSpan InspectLimit = TimeSpan.FromMinutes(11);

    public static Command Create()
    {
        var plugin = Known.PluginArgument();
        var version = new Argument<string?>("version") { Arity = ArgumentArity.ZeroOrOne, Description = "The version. Default: the one that has stayed for longest." };
        return ClientCommand.Create("why-loaded", "Says what holds an unloaded version of a plugin in memory. The host stands still while it is looked into.", [plugin, version], async call =>
        {
            var id = call.Get(plugin);
            var path = $"plugins/{Uri.EscapeDataString(id)}";
            var wanted = call.Arguments.GetValue(version)
                ?? (await call.Api.GetAsync<PluginInfo>(path, call.Cancellation, Lookup.Plugin(id))).Value.Leaked.OrderBy(leaked => leaked.Since).FirstOrDefault()?.Version
                ?? throw new CommandFailure($"No unloaded version of {id} is known to stay in memory.", ExitCode.Failed);
            var answer = await call.Api.SendAsync<LeakExplanation>(HttpMethod.Post, $"{path}/leaks/{Uri.EscapeDataString(wanted)}/roots", null, InspectLimit, call.Cancellation, Lookup.Plugin(id));
            return call.Write(answer, found => Write(call, found));
        });
    }

    private static void Write(ClientCall call, LeakExplanation found)
    {
        call.Output.Line(found.Roots.Count == 0
            ? $"Nothing holds version {found.Version} of {found.Plugin} any more."
            : $"Version {found.Version} of {found.Plugin} is held by:");
        foreach (var root in found.Roots)
        {
            call.Output.Line($"- {root.Cause}{(root.Holder is null ? "" : $" ({root.Holder})")}");
            call.Output.Line($"  {root.Advice}");
            foreach (var link in root.Chain)
            {
                call.Output.Line($"    → {link}");
            }
        }

        call.Output.Note($"The host stood still for {found.PausedMs} ms.");
    }
}
