using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace PluginHost.Hosting;

/// <summary>Passes changes on to whoever watches.</summary>
internal sealed class HostEvents
{
    private readonly Lock _lock = new();
    private readonly List<Watcher> _watchers = [];
    private long _revision;

    /// <summary>How many changes there have been.</summary>
    public long Revision => Interlocked.Read(ref _revision);

    public void Publish(HostEventKind kind, string id) => Publish(new HostEvent(kind, id), isOwn: true);

    /// <summary>Passes on what changed on another node.</summary>
    public void PublishOfOther(HostEvent change) => Publish(change, isOwn: false);

    public IAsyncEnumerable<HostEvent> WatchAsync(CancellationToken cancellationToken) => WatchAsync(new Watcher(onlyOwn: false), cancellationToken);

    /// <summary>Watches what changes on this node alone.</summary>
    public IAsyncEnumerable<HostEvent> WatchOwnAsync(CancellationToken cancellationToken) => WatchAsync(new Watcher(onlyOwn: true), cancellationToken);

    private void Publish(HostEvent change, bool isOwn)
    {
        // Before anybody is told: who reads upon it must see that what was read before is old.
        Interlocked.Increment(ref _revision);
        lock (_lock)
        {
            foreach (var watcher in _watchers)
            {
                if (isOwn || !watcher.OnlyOwn)
                {
                    watcher.Add(change);
                }
            }
        }
    }

    private async IAsyncEnumerable<HostEvent> WatchAsync(Watcher watcher, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _watchers.Add(watcher);
        }

        try
        {
            while (await watcher.Wake.Reader.WaitToReadAsync(cancellationToken))
            {
                watcher.Wake.Reader.TryRead(out _);
                foreach (var change in watcher.Take())
                {
                    yield return change;
                }
            }
        }
        finally
        {
            lock (_lock)
            {
                _watchers.Remove(watcher);
            }
        }
    }

    /// <summary>What one reader has not read yet: each changed thing once, so that a slow reader costs no memory.</summary>
    private sealed class Watcher(bool onlyOwn)
    {
        private readonly Lock _lock = new();
        private readonly OrderedDictionary<HostEvent, bool> _unread = [];

        public bool OnlyOwn => onlyOwn;

        public Channel<bool> Wake { get; } =
            Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

        public void Add(HostEvent change)
        {
            lock (_lock)
            {
                _unread[change] = true;
            }

            Wake.Writer.TryWrite(true);
        }

        public HostEvent[] Take()
        {
            lock (_lock)
            {
                HostEvent[] changes = [.. _unread.Keys];
                _unread.Clear();
                return changes;
            }
        }
    }
}
