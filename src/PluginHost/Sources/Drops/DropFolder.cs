namespace PluginHost.Sources.Drops;

/// <summary>Reads a folder of drops: <c>PLUGIN/VERSION/</c>, each with the files of a plugin and a manifest.</summary>
/// <remarks>An unchanged folder costs a listing of each plugin's folder and a look at each manifest's size and time. Used by one thread at a time.</remarks>
internal sealed class DropFolder(string root, IsKept isKept, DropSignatures? signatures, TimeProvider time)
{
    private Dictionary<string, DropVersion> _versions = [];

    /// <summary>What lies there, by plugin, in order.</summary>
    /// <returns>The plugins, and what is wrong with drops that belong to no plugin's state; null when nothing is.</returns>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public (IReadOnlyList<DroppedPlugin> Plugins, string? Problem) Read()
    {
        var seen = new Dictionary<string, DropVersion>();
        var problems = new List<string>();
        var keys = signatures?.Keys;
        var plugins = Folders(root).Order(StringComparer.Ordinal).Select(folder => Read(folder, keys, seen, problems)).OfType<DroppedPlugin>().ToList();
        _versions = seen;
        problems.AddRange(plugins.Select(plugin => plugin.Fault).OfType<string>());
        return (plugins, problems.Count == 0 ? null : string.Join(" ", problems));
    }

    /// <summary>Whether nothing at all lies there, as in the place of a share that is not mounted.</summary>
    public bool IsEmpty() => !Directory.EnumerateFileSystemEntries(root).Any();

    private DroppedPlugin? Read(string folder, string? keys, Dictionary<string, DropVersion> seen, List<string> problems)
    {
        var plugin = Path.GetFileName(folder);
        IEnumerable<string> folders;
        try
        {
            folders = Folders(folder);
        }
        catch (DirectoryNotFoundException)
        {
            // It, or all of the share, is just going; the next look tells which, and nothing is taken away before.
            return new DroppedPlugin(plugin, null, null);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Nothing is known of the plugin, so what is live of it stays.
            problems.Add($"The folder {plugin} cannot be read ({failure.Message}), so nothing new is taken from there. Let the host's user read it, or, where it holds no plugin, leave it be.");
            return new DroppedPlugin(plugin, null, null);
        }

        var versions = folders.Select(version => _versions.GetValueOrDefault(version) is { } known ? (version, known) : (version, new DropVersion(plugin, version, isKept, signatures, time))).ToList();
        foreach (var (path, version) in versions)
        {
            seen[path] = version;
            version.Refresh(keys);
        }

        // A plugin's empty folder is none, and one with something in it may be a plugin in a moment.
        return versions.Count == 0 ? null : Choose(plugin, [.. versions.Select(version => version.Item2)], problems);
    }

    private static DroppedPlugin Choose(string plugin, List<DropVersion> versions, List<string> problems)
    {
        var faults = new List<string>();
        Drop? current = null;
        foreach (var version in versions.Where(version => version.Sequence is not null).OrderByDescending(version => version.Sequence).ThenByDescending(version => version.Name, StringComparer.Ordinal))
        {
            (current, var fault) = version.Check();
            if (current is not null)
            {
                break;
            }

            if (fault is not null)
            {
                faults.Add(fault);
            }
        }

        problems.AddRange(versions.Where(version => version.Sequence is null).Select(version => version.FindForgotten()).OfType<string>());
        return new DroppedPlugin(plugin, versions.Exists(version => version.IsInDoubt(current)) ? null : current, faults.Count == 0 ? null : string.Join(" ", faults));
    }

    // Hidden ones are somebody's who is still copying, or a tool's. A link is not followed.
    private static IEnumerable<string> Folders(string folder) =>
        new DirectoryInfo(folder).EnumerateDirectories().Where(child => !child.Name.StartsWith('.') && child.LinkTarget is null).Select(child => child.FullName).ToList();
}
