using System.Collections.Concurrent;

namespace PluginHost.AspNetCore.Pages;

/// <summary>Makes a page once for all who ask for it at the same time.</summary>
/// <remarks>
/// When something changes, every browser that has a page open asks for it anew at once. None of them gets a page that was
/// begun before it asked: whoever comes while one is being made shares the next one with all who came meanwhile. So there
/// is no age to choose, and whatever their number they cost one page after the other.
/// </remarks>
internal sealed class SharedPages
{
    private readonly ConcurrentDictionary<string, Queue> _queues = new(StringComparer.Ordinal);

    /// <summary>A page that is begun after this call.</summary>
    /// <param name="key">Everything that one page differs from another by: its address, and what its viewer may see.</param>
    /// <param name="make">Makes it; of several callers, that of one of them. It must not depend on its caller's request.</param>
    /// <param name="cancellationToken">Gives up waiting; the page is made all the same.</param>
    public async Task<T> GetAsync<T>(string key, Func<Task<T>> make, CancellationToken cancellationToken)
    {
        while (true)
        {
            var queue = _queues.GetOrAdd(key, _ => new Queue());
            if (queue.TryJoin(make, () => _queues.TryRemove(new(key, queue)), out var page))
            {
                return await page.WaitAsync(cancellationToken);
            }
        }
    }

    private sealed class Queue
    {
        private readonly Lock _lock = new();
        private Task? _underWay;
        private Task? _next;
        private bool _isClosed;

        public bool TryJoin<T>(Func<Task<T>> make, Action whenIdle, out Task<T> page)
        {
            lock (_lock)
            {
                page = null!;
                if (_isClosed)
                {
                    return false;
                }

                page = _next as Task<T> ?? MakeAsync(_underWay, make, whenIdle);
                if (_underWay is null)
                {
                    _underWay = page;
                }
                else
                {
                    _next = page;
                }

                return true;
            }
        }

        private async Task<T> MakeAsync<T>(Task? before, Func<Task<T>> make, Action whenIdle)
        {
            // Never within the lock, and never on the thread of who asks.
            await Task.Yield();
            if (before is not null)
            {
                await before.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                lock (_lock)
                {
                    // From here on whoever comes waits for another one.
                    (_underWay, _next) = (_next, null);
                }
            }

            try
            {
                return await make();
            }
            finally
            {
                Leave(whenIdle);
            }
        }

        private void Leave(Action whenIdle)
        {
            lock (_lock)
            {
                if (_next is not null)
                {
                    return;
                }

                _isClosed = true;
            }

            whenIdle();
        }
    }
}
