namespace PluginHost;

/// <summary>A file of a commit, as text.</summary>
/// <param name="Path">The file, from the root of the repository.</param>
/// <param name="Text">What it says; null when it is not shown.</param>
/// <param name="Note">Why it is not shown, or not all of it; else null.</param>
public sealed record SourceText(string Path, string? Text, string? Note);

/// <summary>What differs between two versions of a plugin in the files that go into their builds.</summary>
/// <param name="Version">The later version.</param>
/// <param name="Against">The one it is compared with; null when there is none, and every file is new.</param>
/// <param name="Files">The files that differ, a few hundred at most.</param>
/// <param name="Note">Why not all is told; else null.</param>
public sealed record VersionChanges(string Version, string? Against, IReadOnlyList<FileChange> Files, string? Note);

/// <summary>How a file differs between two commits.</summary>
/// <param name="Path">The file, from the root of the repository.</param>
/// <param name="Kind">What was done with it.</param>
/// <param name="Added">Lines that are new.</param>
/// <param name="Removed">Lines that are gone.</param>
/// <param name="Patch">The difference as git writes it; null when it is not shown.</param>
/// <param name="Note">Why it is not shown; else null.</param>
public sealed record FileChange(string Path, FileChangeKind Kind, int Added, int Removed, string? Patch, string? Note);

/// <summary>What was done with a file.</summary>
public enum FileChangeKind
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It says something else.</summary>
    Changed,

    /// <summary>It is gone, or goes into the build no longer.</summary>
    Removed,
}
