using PluginHost.Artifacts;
using PluginHost.Building;
using PluginHost.Sources;

namespace PluginHost.Hosting;

/// <summary>Shows what versions of plugins were built from: the files that went into their builds, and no others.</summary>
internal sealed class VersionSources(ArtifactCatalog catalog, CommitFiles files)
{
    private const string NoSource = "It came built, in a drop, so the host has no source code of it.";

    public IReadOnlyList<SourceText> Read(string pluginId, string version)
    {
        var artifact = Find(pluginId, version);
        if (DroppedBuilds.IsDrop(artifact))
        {
            return [new SourceText(artifact.AssemblyFile, null, NoSource)];
        }

        var folder = RepositoryPath.Folder(artifact.Project);
        return files.Read(artifact.Source, artifact.Commit, PathsOf(artifact).OrderBy(Rank).ThenBy(path => path, StringComparer.Ordinal));

        // Whoever looks wants the code first, of this plugin before that of others.
        int Rank(string path) => RepositoryPath.IsWithin(path, folder) ? path.EndsWith(".cs", StringComparison.OrdinalIgnoreCase) ? 0 : 1 : 2;
    }

    /// <param name="pluginId">The plugin.</param>
    /// <param name="version">The later version.</param>
    /// <param name="against">The other one; null for the one that was built before it.</param>
    public VersionChanges Compare(string pluginId, string version, string? against)
    {
        var after = Find(pluginId, version);
        var before = against is not null ? Find(pluginId, against) : Before(after);
        if (DroppedBuilds.IsDrop(after) || (before is not null && DroppedBuilds.IsDrop(before)))
        {
            return new VersionChanges(after.Version, before?.Version, [], NoSource);
        }

        var (was, now) = (before is null ? [] : PathsOf(before), PathsOf(after));
        var differing = was.Union(now).Order(StringComparer.Ordinal)
            .Select(path => (Path: path, Before: was.Contains(path), After: now.Contains(path)))
            .Where(file => !file.Before || !file.After || before!.Inputs.Files[file.Path] != after.Inputs.Files[file.Path])
            .ToList();
        var (changes, note) = files.Compare(after.Source, before?.Commit, after.Commit, differing);
        return new VersionChanges(after.Version, before?.Version, changes, note);
    }

    private PluginArtifact Find(string pluginId, string version) =>
        catalog.Of(pluginId).FirstOrDefault(artifact => artifact.Version.Equals(version, StringComparison.OrdinalIgnoreCase)) ?? throw new NotFoundException("version", $"{pluginId} {version}");

    // Of another source it would be another repository, which may not even hold the commit.
    private PluginArtifact? Before(PluginArtifact artifact) =>
        catalog.Of(artifact.PluginId).FirstOrDefault(other => other.BuiltAt < artifact.BuiltAt && other.Source.Equals(artifact.Source, StringComparison.OrdinalIgnoreCase));

    private static HashSet<string> PathsOf(PluginArtifact artifact) => [.. artifact.Inputs.Files.Where(file => file.Value is not null).Select(file => file.Key)];
}
