using LibGit2Sharp;

namespace PluginHost.Sources;

/// <summary>A folder whose files are taken as they lie there, committed or not.</summary>
internal sealed class WorkingTreeSource(string name, SourceOptions options, string directory, TimeProvider time) : ISource
{
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private WorkingTree? _tree;

    public string Name { get; } = name;

    public SourceKind Kind => SourceKind.WorkingTree;

    public string Url { get; } = Path.GetFullPath(options.Url);

    public string Folder { get; } = RepositoryPath.Normalize(options.Path);

    public async Task<SourceSnapshot> PullAsync(SourceSnapshot? current, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(current), cancellationToken);
        }
        catch (Exception failure) when (failure is LibGit2SharpException or IOException or UnauthorizedAccessException)
        {
            // A file that is just being written, most likely.
            throw new SourceException(SourceFailure.Unreachable, $"The files of {Url} cannot be read: {failure.Message} What is live stays live, and it is tried again.", failure);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose()
    {
        _tree?.Dispose();
        _oneAtATime.Dispose();
    }

    private SourceSnapshot Read(SourceSnapshot? current)
    {
        if (_tree is null)
        {
            Directory.CreateDirectory(directory);
            _tree = new WorkingTree(Name, Url, GitClone.DirectoryIn(directory), time);
        }

        return _tree.Read(current);
    }
}
