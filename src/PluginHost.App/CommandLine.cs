using System.CommandLine;
using PluginHost.App.Security;

namespace PluginHost.App;

/// <summary>The commands and their options.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var run = Run();
        var root = new RootCommand("Runs the C# scripts of a git repository: by a button, by an API call, by a cron schedule.") { run, KeysCommand.Create() };
        foreach (var option in run.Options)
        {
            root.Options.Add(option);
        }

        root.SetAction(run.Action is System.CommandLine.Invocation.AsynchronousCommandLineAction action
            ? (result, cancellationToken) => action.InvokeAsync(result, cancellationToken)
            : throw new InvalidOperationException());
        return root;
    }

    private static Command Run()
    {
        var repo = new Option<string?>("--repo") { Description = "The repository to watch: a folder or an address. Default: the one that the working directory is in.", HelpName = "URL|DIR" };
        var branch = new Option<string?>("--branch") { Description = "The branch to follow. Default: the one that is checked out.", HelpName = "B" };
        var path = new Option<string?>("--path") { Description = "The watched folder in it. Default: plugins.", HelpName = "P" };
        var poll = new Option<string?>("--poll") { Description = "How often to look for commits, such as 500ms, 2s or 1m. Default: 2s.", HelpName = "T" };
        var data = new Option<string?>("--data") { Description = "Where the host keeps its data. Default: .pluginhost in the repository.", HelpName = "DIR" };
        var urls = new Option<string?>("--urls") { Description = "Where to listen. Default: http://127.0.0.1:5080.", HelpName = "URLS" };
        var command = new Command("run", "Starts the host.") { repo, branch, path, poll, data, urls };
        command.SetAction((result, cancellationToken) => ReadyHost.RunAsync(
            new RunArguments(
                result.GetValue(repo), result.GetValue(branch), result.GetValue(path), result.GetValue(poll), result.GetValue(data), result.GetValue(urls)),
            cancellationToken));
        return command;
    }
}

/// <summary>What was given on the command line; null for what was not.</summary>
internal sealed record RunArguments(string? Repo, string? Branch, string? Path, string? Poll, string? Data, string? Urls);
