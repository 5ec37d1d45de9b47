using Microsoft.Extensions.DependencyInjection;

namespace PluginHost.AspNetCore;

/// <summary>Makes a page, or a long list, once for all who ask for it until something changes.</summary>
/// <param name="revision">How many changes there have been (<see cref="IPluginHost.Revision"/>).</param>
/// <param name="time">The clock.</param>
/// <remarks>
/// When something changes, every browser that has a page open asks for it anew at once. None of them gets a page that was
/// begun before the change: whoever comes while an older one is being made shares the next one with all who came
/// meanwhile. So whatever their number, they cost one page for each change, and one page after the other.
/// </remarks>
internal sealed class SharedAnswers(Func<long> revision, TimeProvider time)
{
    /// <summary>How long a page is taken as true: for what no change is told of, such as the time itself.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);

    /// <summary>How many are kept at most: what somebody asks for has no bound, and what lies here has one.</summary>
    public const int Most = 64;

    private readonly Lock _adding = new();
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);

    public static SharedAnswers Of(IServiceProvider services)
    {
        var host = services.GetRequiredService<IPluginHost>();
        return new SharedAnswers(() => host.Revision, services.GetRequiredService<TimeProvider>());
    }

    /// <summary>How many addresses have a page here.</summary>
    public int Count
    {
        get
        {
            lock (_adding)
            {
                return _places.Count;
            }
        }
    }

    /// <summary>A page that is as true as one that is begun now.</summary>
    /// <param name="key">Everything that one page differs from another by: its address, and what its viewer may see.</param>
    /// <param name="make">Makes it; of several callers, that of one of them. It must not depend on its caller's request.</param>
    /// <param name="cancellationToken">Gives up waiting; the page is made all the same.</param>
    public Task<T> GetAsync<T>(string key, Func<Task<T>> make, CancellationToken cancellationToken) =>
        (PlaceOf(key) is { } place ? (Task<T>)place.Join(make) : Place.MakeAsync(make)).WaitAsync(cancellationToken);

    /// <returns>Null when there are as many as there may be, and each is being made.</returns>
    private Place? PlaceOf(string key)
    {
        lock (_adding)
        {
            Forget(except: key);
            return _places.GetValueOrDefault(key) ?? (_places.Count < Most ? _places[key] = new Place(this) : null);
        }
    }

    // What is no longer true is of use to nobody. Where too many are, those go that somebody has had already.
    private void Forget(string except)
    {
        foreach (var (key, _) in _places.Where(place => place.Key != except && place.Value.IsIdle))
        {
            _places.Remove(key);
        }

        if (_places.Count >= Most && !_places.ContainsKey(except) && _places.FirstOrDefault(place => place.Value.IsMade).Key is { } made)
        {
            _places.Remove(made);
        }
    }

    private sealed class Place(SharedAnswers owner)
    {
        private readonly Lock _lock = new();
        private (Task Page, long Revision, long BegunAt)? _latest;
        private Task? _next;

        /// <summary>Whether it is made, and nobody waits for the next one.</summary>
        public bool IsMade
        {
            get
            {
                lock (_lock)
                {
                    return _latest is { Page.IsCompleted: true } && _next is null;
                }
            }
        }

        /// <summary>Whether it is made, and no longer true.</summary>
        public bool IsIdle
        {
            get
            {
                lock (_lock)
                {
                    return IsMade && !IsTrue;
                }
            }
        }

        private bool IsTrue => _latest is { } latest && !(latest.Page.IsCompleted && !latest.Page.IsCompletedSuccessfully) && latest.Revision == owner.Revision && owner.Time.GetElapsedTime(latest.BegunAt) < Lifetime;

        public Task Join<T>(Func<Task<T>> make)
        {
            lock (_lock)
            {
                if (IsTrue)
                {
                    return _latest!.Value.Page;
                }

                if (_next is null && _latest is { Page.IsCompleted: false } underWay)
                {
                    _next = MakeAfterAsync(underWay.Page, make);
                }

                return _next ?? Begin(MakeAsync(make));
            }
        }

        // Never within the lock, and never on the thread of who asks.
        public static async Task<T> MakeAsync<T>(Func<Task<T>> make)
        {
            await Task.Yield();
            return await make();
        }

        private async Task<T> MakeAfterAsync<T>(Task before, Func<Task<T>> make)
        {
            await Task.Yield();
            await before.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            lock (_lock)
            {
                // From here on whoever comes upon a further change waits for another one.
                Begin(_next!);
                _next = null;
            }

            return await make();
        }

        private Task Begin(Task page)
        {
            _latest = (page, owner.Revision, owner.Time.GetTimestamp());
            return page;
        }
    }

    private long Revision => revision();

    private TimeProvider Time => time;
}
