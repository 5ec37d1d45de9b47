using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Sources;

namespace PluginHost.Planning;

/// <summary>Everything that went into a build, by git's object ids: whether a commit has the same content can be told without building it.</summary>
internal sealed record InputManifest
{
    // Changing how plugins are built, so that the same input gives another output, means raising this.
    private const int Revision = 1;

    // A folder that did not change is the same object in the next commit.
    private static readonly ConditionalWeakTable<SourceTree, string> KnownNames = [];

    /// <summary>Each file that was read, with its object id; null for a file that would have been read had it been there.</summary>
    public required SortedDictionary<string, string?> Files { get; init; }

    /// <summary>Each folder whose files are taken in by pattern, with a hash of the names in it.</summary>
    public required SortedDictionary<string, string> Folders { get; init; }

    /// <summary>What else decides the output: the SDK, the contract, the settings.</summary>
    public required string Environment { get; init; }

    public string ContentKey
    {
        get
        {
            var text = new StringBuilder().Append(Revision).Append('\n').Append(Environment).Append('\n');
            foreach (var (path, id) in Files)
            {
                text.Append(path).Append('\t').Append(id).Append('\n');
            }

            foreach (var (folder, names) in Folders)
            {
                text.Append(folder).Append('\t').Append(names).Append('\n');
            }

            return Hash(text.ToString());
        }
    }

    /// <summary>What a commit has under the given names.</summary>
    /// <param name="tree">The commit's files.</param>
    /// <param name="files">The files that count.</param>
    /// <param name="folders">The folders whose files are taken in by pattern.</param>
    /// <param name="environment">What else decides the output.</param>
    public static InputManifest Capture(SourceTree tree, IEnumerable<string> files, IEnumerable<string> folders, string environment) => new()
    {
        Files = new(files.Distinct().ToDictionary(file => file, file => tree.FindFile(file)?.Id), StringComparer.Ordinal),
        Folders = new(folders.Distinct().ToDictionary(folder => folder, folder => Names(tree, folder)), StringComparer.Ordinal),
        Environment = environment,
    };

    /// <summary>Why a commit would give another output than this one did, in words; null when it would not.</summary>
    public string? FirstDifference(SourceTree tree, string environment)
    {
        foreach (var (path, id) in Files)
        {
            var now = tree.FindFile(path)?.Id;
            if (now != id)
            {
                return $"{path} was {(id is null ? "added" : now is null ? "removed" : "changed")}";
            }
        }

        foreach (var (folder, names) in Folders)
        {
            if (Names(tree, folder) != names)
            {
                return $"files were added to or removed from {(folder.Length == 0 ? "the root folder" : folder)}";
            }
        }

        return environment == Environment ? null : "the SDK, the contract or the build settings of the host changed";
    }

    private static string Names(SourceTree tree, string folder) =>
        tree.FindFolder(folder) is not { } found
            ? ""
            : KnownNames.GetValue(found, folder => Hash(string.Join('\n', folder.AllFiles().Select(file => file.Key).Where(WellKnownFiles.MayBeInput).Order(StringComparer.Ordinal))));

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
