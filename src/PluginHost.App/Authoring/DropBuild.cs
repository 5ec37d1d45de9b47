using PluginHost.App.Output;

namespace PluginHost.App.Authoring;

/// <summary>A plugin that is built: by somebody else, or here as a host builds and checks it.</summary>
internal sealed class DropBuild : IAsyncDisposable
{
    private const string Dependencies = ".deps.json";

    // What it has built is gone with it.
    private CheckHost? _host;

    /// <summary>Where the files are.</summary>
    public required string Folder { get; init; }

    /// <summary>The plugin's id, if it is not named.</summary>
    public required string Plugin { get; init; }

    /// <summary>The file name of its own assembly.</summary>
    public required string Assembly { get; init; }

    /// <summary>The commit it was built from; null when that is not known.</summary>
    public CheckedCommit? Commit { get; init; }

    /// <param name="output">Told what is being done, and what is wrong.</param>
    /// <param name="what">A project file, a folder with one, or the output of a build.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandFailure">There is no built plugin, or it has a problem.</exception>
    public static async Task<DropBuild> FindAsync(CommandOutput output, string what, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(what);
        if (File.Exists(path) && IsProject(path))
        {
            return await BuildAsync(output, path, cancellationToken);
        }

        if (!Directory.Exists(path))
        {
            throw new CommandFailure($"{path} is neither a project nor a folder. Name the plugin's project, or the folder that its build has written.", ExitCode.WrongUsage);
        }

        return Directory.EnumerateFiles(path).Where(IsProject).ToList() switch
        {
            [var project] => await BuildAsync(output, project, cancellationToken),
            [] => TakeOutput(path),
            _ => throw new CommandFailure($"There is more than one project in {path}. Name the plugin's.", ExitCode.WrongUsage),
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    private static bool IsProject(string file) => Path.GetExtension(file).ToLowerInvariant() is ".csproj" or ".fsproj" or ".vbproj";

    private static DropBuild TakeOutput(string folder)
    {
        var names = Directory.EnumerateFiles(folder, $"*{Dependencies}").Select(file => Path.GetFileName(file)[..^Dependencies.Length]).Where(name => File.Exists(Path.Combine(folder, $"{name}.dll"))).ToList();
        return names is [var name]
            ? new DropBuild { Folder = folder, Plugin = name, Assembly = $"{name}.dll" }
            : throw new CommandFailure($"{folder} is not the output of one plugin: it has {(names.Count == 0 ? "no" : "more than one")} assembly with a {Dependencies} beside it. Name the folder that 'dotnet publish' has written, or the plugin's project.", ExitCode.WrongUsage);
    }

    private static async Task<DropBuild> BuildAsync(CommandOutput output, string project, CancellationToken cancellationToken)
    {
        var folder = PluginFolder.Find(Path.GetDirectoryName(project));
        var host = new CheckHost(folder);
        try
        {
            var report = await output.WhileAsync($"Building {project}", tell => host.RunAsync(null, tell, cancellationToken));
            var plugin = Path.GetFileNameWithoutExtension(project);
            if (!report.IsGood)
            {
                CheckText.Write(output, report, reference: null);
                throw new CommandFailure($"{plugin} was not dropped, because of what is said above.");
            }

            return host.FindBuild(plugin) is { } build
                ? new DropBuild { Folder = build.Directory, Plugin = build.PluginId, Assembly = build.AssemblyFile, Commit = host.FindCleanCommit(), _host = host }
                : throw new CommandFailure($"{project} is no plugin: it does not refer to PluginHost.Abstractions.");
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }
}
