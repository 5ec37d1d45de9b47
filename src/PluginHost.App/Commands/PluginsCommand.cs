using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;
using Spectre.Console;

namespace PluginHost.App.Commands;

/// <summary><c>plugins</c>: what is live, and why the newest content is not.</summary>
internal static class PluginsCommand
{
    public static Command Create()
    {
        var plugin = Known.OptionalPluginArgument("Shows the versions of this plugin that the host keeps, for a rollback.");
        return ClientCommand.Create("plugins", "Lists the plugins and what is wrong with them, or the versions of one.", [plugin], call =>
            call.Arguments.GetValue(plugin) is { } id ? ListVersionsAsync(call, id) : ListAsync(call));
    }

    private static async Task<int> ListAsync(ClientCall call)
    {
        var answer = await call.Api.GetAsync<Page<PluginInfo>>("plugins", call.Cancellation);
        call.WriteList(
            answer,
            ["PLUGIN", "STATE", "VERSION", "SINCE", "PINNED", "PROJECT"],
            plugin => [plugin.Id, Show.State(plugin.State), plugin.Live?.Version, call.Local(plugin.Live?.Since), plugin.Pin is { } pin ? $"to {pin.Version}" : "", plugin.Project],
            "There is no plugin. 'pluginhost status' says which folder is watched.");
        if (!call.IsJson)
        {
            WriteProblems(call, answer.Value.Items);
        }

        return ExitCode.Done;
    }

    private static async Task<int> ListVersionsAsync(ClientCall call, string id) => call.WriteList(
        await call.Api.GetAsync<Page<PluginVersionInfo>>($"plugins/{Uri.EscapeDataString(id)}/versions", call.Cancellation, Lookup.Plugin(id)),
        ["VERSION", "STATE", "BUILT", "COMMIT", "MESSAGE"],
        version => [version.Version, Show.State(version.State), call.Local(version.BuiltAt), Show.Commit(version.Commit), $"{version.Author}: {version.Message}"],
        $"No version of {id} is kept.");

    private static void WriteProblems(ClientCall call, IEnumerable<PluginInfo> plugins)
    {
        foreach (var plugin in plugins.Where(plugin => plugin.Problem is not null))
        {
            call.Output.Line("");
            call.Output.Line(new Cell($"{plugin.Id}: {plugin.Problem!.Message}", Color.Yellow));
            foreach (var diagnostic in plugin.Problem.Diagnostics)
            {
                call.Output.Line(DiagnosticText.Of(diagnostic));
            }
        }
    }
}
