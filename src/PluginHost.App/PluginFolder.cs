namespace PluginHost.App;

/// <summary>Where somebody's plugins are.</summary>
/// <param name="Root">The root of the repository; where there is none, the folder itself.</param>
/// <param name="Path">The folder from there; empty when it is the root.</param>
internal sealed record PluginFolder(string Root, string Path)
{
    /// <summary>The folder that a host watches unless it is told otherwise.</summary>
    public const string Usual = "plugins";

    /// <param name="directory">The folder that was named; null for the repository that the working directory is in.</param>
    /// <exception cref="CommandFailure">There is no such folder.</exception>
    public static PluginFolder Find(string? directory)
    {
        var named = System.IO.Path.GetFullPath(directory ?? FindRepository(Environment.CurrentDirectory) ?? Environment.CurrentDirectory);
        if (!Directory.Exists(named))
        {
            throw new CommandFailure($"There is no folder {named}. Name the one that your plugins are in.", ExitCode.WrongUsage);
        }

        // A repository stands for the folder in it that a host watches unless it is told otherwise.
        var root = FindRepository(named) ?? named;
        var path = System.IO.Path.GetRelativePath(root, named).Replace('\\', '/');
        return new PluginFolder(root, path != "." ? path : Directory.Exists(System.IO.Path.Combine(root, Usual)) ? Usual : "");
    }

    /// <summary>The root of the working tree that a folder is in, or null. A worktree and a submodule have a file named .git.</summary>
    public static string? FindRepository(string directory)
    {
        for (var folder = new DirectoryInfo(directory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.Path.Exists(System.IO.Path.Combine(folder.FullName, ".git")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
