using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using PluginHost.Sources;

namespace PluginHost.Tests.Planning;

/// <summary>A commit that is put together in memory, with ids that depend on the content as git's do.</summary>
internal sealed class MemoryRepository
{
    private readonly SortedDictionary<string, (string Content, SourceFileKind Kind)> _files = new(StringComparer.Ordinal);

    public MemoryRepository Write(string path, string content)
    {
        _files[path] = (content, SourceFileKind.Regular);
        return this;
    }

    public MemoryRepository Link(string path, string target)
    {
        _files[path] = (target, SourceFileKind.SymbolicLink);
        return this;
    }

    public MemoryRepository Delete(string path)
    {
        _files.Remove(path);
        return this;
    }

    public SourceSnapshot Snapshot()
    {
        var tree = Folder("");
        var contents = _files.Values.DistinctBy(file => file.Content).ToDictionary(file => Id(file.Content), file => file.Content);
        return new SourceSnapshot
        {
            Source = "default", Branch = "main", Commit = Id(tree.Id), Author = "Ada", Message = "A commit", Tree = tree,
            OpenContent = id => new MemoryStream(Encoding.UTF8.GetBytes(contents[id])),
        };
    }

    private SourceTree Folder(string path)
    {
        var within = _files.Where(file => RepositoryPath.IsWithin(file.Key, path)).ToList();
        var files = within.Where(file => RepositoryPath.Folder(file.Key) == path)
            .ToFrozenDictionary(file => RepositoryPath.Name(file.Key), file => new SourceFile(Id(file.Value.Content), file.Value.Kind) { LinkText = file.Value.Kind == SourceFileKind.SymbolicLink ? file.Value.Content : null });
        var folders = within.Select(file => file.Key[(path.Length == 0 ? 0 : path.Length + 1)..])
            .Where(rest => rest.Contains('/')).Select(rest => rest.Split('/')[0]).Distinct()
            .ToFrozenDictionary(name => name, name => Folder(RepositoryPath.Join(path, name)));
        var text = string.Join('\n', files.Select(file => file.Key + file.Value).Concat(folders.Select(folder => folder.Key + folder.Value.Id)).Order(StringComparer.Ordinal));
        return new SourceTree(Id("tree" + text), files, folders);
    }

    private static string Id(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
}
