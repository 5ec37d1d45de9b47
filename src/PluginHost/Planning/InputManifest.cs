using System.Text;
using PluginHost.Sources;

namespace PluginHost.Planning;

/// <summary>Everything that went into a build, by git's object ids: whether a commit has the same content can be told without building it.</summary>
internal sealed record InputManifest
{
    // Changing how plugins are built, so that the same input gives another output, means raising this.
    public const int Revision = 3;

    /// <summary>Each file that was read, with its object id; null for a file that would have been read had it been there.</summary>
    public required SortedDictionary<string, string?> Files { get; init; }

    /// <summary>Each folder whose files are taken in without being named, with what <see cref="InputFolder"/> says it holds.</summary>
    public required SortedDictionary<string, string> Folders { get; init; }

    /// <summary>What else decides the output: the SDK, the contract, the settings.</summary>
    public required string Environment { get; init; }

    public string ContentKey
    {
        get
        {
            // One that was read from a file has the order of the machine's language.
            var text = new StringBuilder().Append(Revision).Append('\n').Append(Environment).Append('\n');
            foreach (var (path, id) in Files.OrderBy(file => file.Key, StringComparer.Ordinal))
            {
                text.Append(path).Append('\t').Append(id).Append('\n');
            }

            foreach (var (folder, content) in Folders.OrderBy(folder => folder.Key, StringComparer.Ordinal))
            {
                text.Append(folder).Append('\t').Append(content).Append('\n');
            }

            return FolderState.Hash([text.ToString()]);
        }
    }

    /// <summary>What a commit has under the given names.</summary>
    /// <param name="tree">The commit's files.</param>
    /// <param name="files">The files that count.</param>
    /// <param name="folders">The folders that count as a whole, and those in the form of <see cref="InputFolder.Pattern"/>.</param>
    /// <param name="environment">What else decides the output.</param>
    public static InputManifest Capture(SourceTree tree, IEnumerable<string> files, IEnumerable<string> folders, string environment) => new()
    {
        Files = new(files.Distinct().ToDictionary(file => file, file => IdOf(tree, file)), StringComparer.Ordinal),
        Folders = new(folders.Distinct().ToDictionary(folder => folder, folder => InputFolder.Read(tree, folder)), StringComparer.Ordinal),
        Environment = environment,
    };

    /// <summary>Why a commit would give another output than this one did, in words; null when it would not.</summary>
    public string? FirstDifference(SourceTree tree, string environment)
    {
        foreach (var (path, id) in Files)
        {
            var now = IdOf(tree, path);
            if (now != id)
            {
                return $"{path} was {(id is null ? "added" : now is null ? "removed" : "changed")}";
            }
        }

        foreach (var (folder, content) in Folders)
        {
            if (InputFolder.Read(tree, folder) is var now && now != content)
            {
                return InputFolder.Tell(folder, content, now);
            }
        }

        return environment == Environment ? null : "the SDK, the contract or the build settings of the host changed";
    }

    // A build reads what a link leads to.
    private static string? IdOf(SourceTree tree, string path) => (tree.FindFile(path) is { Kind: not SourceFileKind.SymbolicLink } file
        ? file
        : tree.FindFile(SymbolicLinks.RealPath(tree, path)))?.Id;
}
