using System.Threading.Channels;

namespace PluginHost.Sources;

/// <summary>Tells when files of a folder have changed, and have come to rest.</summary>
internal sealed class FolderChanges : IDisposable
{
    // An editor saves in several steps, and a switch of branches writes many files.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestUnrest = TimeSpan.FromSeconds(2);

    private readonly string _ignored;
    private readonly TimeProvider _time;
    private readonly FileSystemWatcher _watcher;
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <param name="folder">The folder, with all below it.</param>
    /// <param name="ignored">A folder in it whose changes do not count: the host's own.</param>
    /// <param name="time">Tells how long files have been at rest.</param>
    /// <exception cref="IOException">The system watches no more folders.</exception>
    public FolderChanges(string folder, string ignored, TimeProvider time)
    {
        _ignored = ignored;
        _time = time;
        _watcher = new FileSystemWatcher(folder) { IncludeSubdirectories = true };
        _watcher.Changed += (_, change) => Tell(change.FullPath);
        _watcher.Created += (_, change) => Tell(change.FullPath);
        _watcher.Deleted += (_, change) => Tell(change.FullPath);
        _watcher.Renamed += (_, change) => Tell(change.FullPath);

        // Some were lost, so anything may have changed.
        _watcher.Error += (_, _) => _changed.Writer.TryWrite(true);
        try
        {
            _watcher.EnableRaisingEvents = true;
        }
        catch
        {
            _watcher.Dispose();
            throw;
        }
    }

    /// <summary>Ends when something has changed since it ended last.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        await _changed.Reader.WaitToReadAsync(cancellationToken);
        var begin = _time.GetTimestamp();
        while (_changed.Reader.TryRead(out _) && _time.GetElapsedTime(begin) < LongestUnrest)
        {
            await Task.Delay(Rest, _time, cancellationToken);
        }
    }

    public void Dispose() => _watcher.Dispose();

    private void Tell(string path)
    {
        if (!IsWithin(path, _ignored) && !path.Split(Path.DirectorySeparatorChar).Contains(".git"))
        {
            _changed.Writer.TryWrite(true);
        }
    }

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
