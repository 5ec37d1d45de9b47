using System.Diagnostics;
using System.Net.ServerSentEvents;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Web;

/// <summary>Browsers that have the page of all scripts open: each hears of every change, and fetches the page anew as Assets/app.js does.</summary>
internal sealed class OpenPagesOf : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(400);
    private const int PauseForTime = 4;

    private readonly CancellationTokenSource _closing = new();
    private readonly HttpClient _http;
    private readonly List<double> _times = [];
    private readonly List<Task> _pages = [];

    private OpenPagesOf(ReadyHost host) => _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host.Api.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };

    public int Refreshes
    {
        get
        {
            lock (_times)
            {
                return _times.Count;
            }
        }
    }

    public double Median
    {
        get
        {
            lock (_times)
            {
                return _times.Order().ElementAtOrDefault(_times.Count / 2);
            }
        }
    }

    public static async Task<OpenPagesOf> OpenAsync(ReadyHost host, int count)
    {
        var pages = new OpenPagesOf(host);
        var connected = new CountdownEvent(count);
        pages._pages.AddRange(Enumerable.Range(0, count).Select(_ => pages.WatchAsync(connected)));
        await Task.Run(connected.Wait);
        return pages;
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAll(_pages).ContinueWith(_ => { }, TaskScheduler.Default);
        _http.Dispose();
        _closing.Dispose();
    }

    private async Task WatchAsync(CountdownEvent connected)
    {
        using var changed = new SemaphoreSlim(0, 1);
        var refreshing = RefreshAsync(changed);
        await using var events = await _http.GetStreamAsync("api/v1/events", _closing.Token);
        await foreach (var item in SseParser.Create(events).EnumerateAsync(_closing.Token))
        {
            if (item.EventType == "connected")
            {
                connected.Signal();
            }

            if (changed.CurrentCount == 0)
            {
                changed.Release();
            }
        }

        await refreshing;
    }

    private async Task RefreshAsync(SemaphoreSlim changed)
    {
        while (true)
        {
            await changed.WaitAsync(_closing.Token);
            var watch = Stopwatch.StartNew();
            await WebBenchmark.GetAsync(_http, "", _closing.Token);
            lock (_times)
            {
                _times.Add(watch.Elapsed.TotalMilliseconds);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(ShortestPause.TotalMilliseconds, PauseForTime * watch.Elapsed.TotalMilliseconds)), _closing.Token);
        }
    }
}
