using System.CommandLine;
using PluginHost.App.Authoring;
using PluginHost.App.Output;

namespace PluginHost.App.Commands;

/// <summary><c>new</c>: a plugin with one script, to begin with.</summary>
internal static class NewCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The plugin's id, which is also the name of its project and its folder." };
        var directory = new Option<string?>("--dir") { Description = "The folder that plugins are in. Default: plugins in the repository that the working directory is in.", HelpName = "DIR" };
        var command = new Command("new", "Makes a plugin with one script. Overwrites nothing.") { name, directory };
        command.SetAction((result, cancellationToken) => CommandGuard.RunAsync(
            result,
            (output, _) => Task.FromResult(Run(output, result.GetRequiredValue(name), result.GetValue(directory))),
            cancellationToken));
        return command;
    }

    private static int Run(CommandOutput output, string name, string? directory)
    {
        if (!PluginTemplate.IsValidName(name))
        {
            throw new CommandFailure($"'{name}' cannot be a plugin: an id is made of letters, digits, '.', '-' and '_', and begins and ends with none of the first two.", ExitCode.WrongUsage);
        }

        var plugins = Path.GetFullPath(directory ?? Path.Combine(PluginFolder.FindRepository(Environment.CurrentDirectory) ?? Environment.CurrentDirectory, PluginFolder.Usual));
        var folder = Path.Combine(plugins, name);
        RefuseWhatIsThere(plugins, folder, name);
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var (file, content) in PluginTemplate.Files(name))
            {
                using var writer = new StreamWriter(new FileStream(Path.Combine(folder, file), FileMode.CreateNew, FileAccess.Write));
                writer.Write(content);
                output.Line(Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(folder, file)));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"{folder} cannot be written: {failure.Message} Check who owns the folder above it, or name another one with --dir.");
        }

        output.Note($"Try it at once with 'pluginhost dev', check it with 'pluginhost check', and commit it to have it run as {name}.Run.");
        return ExitCode.Done;
    }

    private static void RefuseWhatIsThere(string plugins, string folder, string name)
    {
        if (Path.Exists(folder))
        {
            throw new CommandFailure($"{folder} is there already, and nothing was changed. Take another name, or remove it first.");
        }

        // Ids are compared without case, whatever the file system does.
        var sameName = new EnumerationOptions { RecurseSubdirectories = true, MatchCasing = MatchCasing.CaseInsensitive };
        if (Directory.Exists(plugins) && Directory.EnumerateFiles(plugins, $"{name}.csproj", sameName).FirstOrDefault() is { } other)
        {
            throw new CommandFailure($"{other} has that name already, and a host would refuse both. Take another name.");
        }
    }
}
