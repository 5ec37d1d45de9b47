using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Sources;

namespace PluginHost.Planning;

/// <summary>What a folder of a commit holds that may go into a build, as hashes.</summary>
/// <param name="Names">Changes when a file comes or goes.</param>
/// <param name="Content">Changes with each file.</param>
/// <param name="Links">The symbolic links in it: what they lead to is not in the hashes.</param>
internal sealed record FolderState(string Names, string Content, IReadOnlyList<string> Links)
{
    private static readonly FolderState Nothing = new("", "", []);

    // A folder that did not change is the same object in the next commit, and is not walked again.
    private static readonly ConditionalWeakTable<SourceTree, FolderState> Known = [];
    private static readonly ConditionalWeakTable<SourceTree, ConcurrentDictionary<string, string>> KnownMatches = [];

    /// <summary>The folder with all below it.</summary>
    public static FolderState Of(SourceTree tree) => Known.GetValue(tree, folder =>
    {
        var files = folder.Files.Where(file => WellKnownFiles.MayBeInput(file.Key)).OrderBy(file => file.Key, StringComparer.Ordinal).ToList();
        var below = folder.Folders.OrderBy(child => child.Key, StringComparer.Ordinal)
            .Select(child => (Name: child.Key, State: Of(child.Value))).Where(child => child.State != Nothing).ToList();
        return files.Count + below.Count == 0
            ? Nothing
            : new FolderState(
                Hash([.. files.Select(file => file.Key), .. below.Select(child => $"{child.Name}/{child.State.Names}")]),
                Hash([.. files.Select(file => $"{file.Key}\t{file.Value.Id}\t{file.Value.Kind}"), .. below.Select(child => $"{child.Name}/{child.State.Content}")]),
                [
                    .. files.Where(file => file.Value.Kind == SourceFileKind.SymbolicLink).Select(file => file.Key),
                    .. below.SelectMany(child => child.State.Links.Select(link => RepositoryPath.Join(child.Name, link))),
                ]);
    });

    /// <summary>The names of the files with one extension: what a pattern would find.</summary>
    /// <param name="tree">The folder.</param>
    /// <param name="extension">With its dot.</param>
    /// <param name="recursive">Whether the folders below count.</param>
    public static string NamesOf(SourceTree tree, string extension, bool recursive) =>
        KnownMatches.GetOrCreateValue(tree).GetOrAdd($"{extension}{(recursive ? "/" : "")}", _ =>
        {
            var names = tree.Files.Keys.Where(name => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)).ToList();
            if (recursive)
            {
                names.AddRange(tree.Folders.Select(child => $"{child.Key}/{NamesOf(child.Value, extension, recursive)}").Where(child => !child.EndsWith('/')));
            }

            return names.Count == 0 ? "" : Hash(names.Order(StringComparer.Ordinal));
        });

    public static string Hash(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));
}
