using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;
using PluginHost.App.Commands;
using PluginHost.App.Inspection;
using PluginHost.App.Security;
using PluginHost.App.Supervision;

namespace PluginHost.App;

/// <summary>The commands and their options.</summary>
internal static class CommandLine
{
    /// <summary>What the supervisor adds to the command line of the host that it starts.</summary>
    public const string Supervised = "--supervised";

    private const string Name = "pluginhost";

    /// <summary>Reads a command line.</summary>
    public static ParseResult Parse(IReadOnlyList<string> arguments)
    {
        var command = Create();
        if (arguments is not [['[', ..], ..])
        {
            return command.Parse(arguments);
        }

        // Directives, such as [suggest], are for a RootCommand only. It takes its name from the assembly's file, which is
        // not the one that people type, and help would show it.
        var root = new RootCommand(command.Description!);
        foreach (var option in command.Options.Where(option => option is not (HelpOption or VersionOption)))
        {
            root.Options.Add(option);
        }

        foreach (var subcommand in command.Subcommands)
        {
            root.Subcommands.Add(subcommand);
        }

        return root.Parse(arguments);
    }

    private static Command Create()
    {
        var run = Run();
        var root = new Command(Name, "Runs the C# scripts of a git repository: by a button, by an API call, by a cron schedule.") { run, KeysCommand.Create(), BackupCommands.CreateBackup(), BackupCommands.CreateRestore(), ServiceCommand.Create(run.Options.Where(option => option.Name is not ("--no-supervisor" or "--safe-mode" or Supervised))) };
        foreach (var command in ClientCommands().Concat(AuthorCommands()))
        {
            root.Subcommands.Add(command);
        }

        foreach (var option in run.Options)
        {
            root.Options.Add(option);
        }

        root.Options.Add(new HelpOption());
        root.Options.Add(new VersionOption());
        root.SetAction(run.Action is System.CommandLine.Invocation.AsynchronousCommandLineAction action
            ? (result, cancellationToken) => action.InvokeAsync(result, cancellationToken)
            : throw new InvalidOperationException());
        return root;
    }

    private static IEnumerable<Command> ClientCommands() =>
    [
        StatusCommand.Create(),
        ScriptsCommand.Create(),
        RunNowCommand.Create(),
        RunsCommand.Create(),
        LogsCommand.Create(),
        CancelCommand.Create(),
        PauseCommands.CreatePause(),
        PauseCommands.CreateResume(),
        AllowCommand.Create(),
        AllowCommand.CreateLeaveSafeMode(),
        SyncCommand.Create(),
        PluginsCommand.Create(),
        DeploymentsCommand.Create(),
        OccurrencesCommand.Create(),
        RollbackCommands.CreateRollback(),
        RollbackCommands.CreateUnpin(),
        DrainCommand.Create(),
        WhyLoadedCommand.Create(),
    ];

    private static IEnumerable<Command> AuthorCommands() => [NewCommand.Create(), CheckCommand.Create(), DropCommand.Create(), DevCommand.Create(), CompletionCommand.Create(), InspectCommand.Create()];

    private static Command Run()
    {
        var repo = new Option<string?>("--repo") { Description = "The repository to watch: a folder or an address. Default: the one that the working directory is in.", HelpName = "URL|DIR" };
        var drop = new Option<string?>("--drop") { Description = "A folder of drops to take built plugins from, in place of a repository ('pluginhost drop').", HelpName = "FOLDER" };
        var branch = new Option<string?>("--branch") { Description = "The branch to follow. Default: the one that is checked out.", HelpName = "B" };
        var path = new Option<string?>("--path") { Description = "The watched folder in it. Default: plugins.", HelpName = "P" };
        var poll = new Option<string?>("--poll") { Description = "How often to look for commits, such as 500ms, 2s or 1m. Default: 2s.", HelpName = "T" };
        var data = new Option<string?>("--data") { Description = "Where the host keeps its data. Default: .pluginhost in the repository.", HelpName = "DIR" };
        var urls = new Option<string?>("--urls") { Description = "Where to listen. Default: http://127.0.0.1:5080.", HelpName = "URLS" };
        var settings = new Option<string?>("--settings") { Description = "A file like appsettings.json, read beside it and anew when it changes. The environment and the other options go before it.", HelpName = "FILE" };
        var cluster = new Option<string?>("--cluster") { Description = "The PostgreSQL database that several hosts share, such as \"Host=db;Username=pluginhost\". Default: the host is alone.", HelpName = "DB" };
        var label = new Option<string[]>("--label") { Description = "A label of this node, such as gpu or region=eu, beside those of PluginHost:NodeLabels. May be repeated.", HelpName = "LABEL" };
        var noSupervisor = new Option<bool>("--no-supervisor") { Description = "Be the host alone: under systemd, in a container or in a debugger, which start it again themselves." };
        var safeMode = new Option<bool>("--safe-mode") { Description = "Start nothing by itself: no schedules, chains or retries, until somebody lets it." };
        var supervised = new Option<bool>(Supervised) { Hidden = true };
        var command = new Command("run", "Starts the host.") { repo, drop, branch, path, poll, data, urls, settings, cluster, label, noSupervisor, safeMode, supervised };
        command.SetAction((result, cancellationToken) =>
        {
            var arguments = new RunArguments(
                result.GetValue(repo), result.GetValue(branch), result.GetValue(path), result.GetValue(poll), result.GetValue(data), result.GetValue(urls), SafeMode: result.GetValue(safeMode),
                Cluster: result.GetValue(cluster), Labels: result.GetValue(label), Drop: result.GetValue(drop), Settings: result.GetValue(settings));
            return result.GetValue(supervised) ? SupervisedHost.RunAsync(arguments, cancellationToken)
                : result.GetValue(noSupervisor) || Debugger.IsAttached ? ReadyHost.RunAsync(arguments, cancellationToken)
                : new Supervisor([.. Environment.GetCommandLineArgs().Skip(1)], arguments.SafeMode).RunAsync(cancellationToken);
        });
        return command;
    }
}

/// <summary>What was given on the command line; null for what was not.</summary>
internal sealed record RunArguments(string? Repo, string? Branch, string? Path, string? Poll, string? Data, string? Urls, bool WorkingTree = false, bool SafeMode = false, string? Death = null, string? Cluster = null, string[]? Labels = null, string? Drop = null, string? Settings = null);
