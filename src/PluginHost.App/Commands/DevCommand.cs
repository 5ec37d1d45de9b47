using System.CommandLine;
using PluginHost.App.Output;

namespace PluginHost.App.Commands;

/// <summary><c>dev</c>: the ready host over files as they are saved.</summary>
internal static class DevCommand
{
    private const string DataDirectory = ".pluginhost-dev";

    public static Command Create()
    {
        var directory = new Argument<string?>("dir") { Arity = ArgumentArity.ZeroOrOne, Description = "The folder with the plugins. Default: plugins in the repository that the working directory is in." };
        var data = new Option<string?>("--data") { Description = $"Where the host keeps its data. Default: {DataDirectory} in the repository.", HelpName = "DIR" };
        var urls = new Option<string?>("--urls") { Description = "Where to listen. Default: http://127.0.0.1:5080.", HelpName = "URLS" };
        var command = new Command("dev", "Starts a host over a working tree: what is saved goes live, without a commit.") { directory, data, urls };
        command.SetAction((result, cancellationToken) => CommandGuard.RunAsync(
            result,
            (_, token) =>
            {
                var folder = PluginFolder.Find(result.GetValue(directory));
                return ReadyHost.RunAsync(
                    new RunArguments(
                        folder.Root, null, folder.Path, null, result.GetValue(data) ?? Path.Combine(folder.Root, DataDirectory), result.GetValue(urls), WorkingTree: true),
                    token);
            },
            cancellationToken));
        return command;
    }
}
