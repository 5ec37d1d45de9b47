using System.Diagnostics;

namespace PluginHost.Soak;

/// <summary>Asks for the page all the time, and notes for how long it did not come.</summary>
internal sealed class Silence : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(60) };
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _page;
    private readonly Task _asking;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TimeSpan> _longest = [];
    private string _during = "start";
    private long _lastAnswer = Stopwatch.GetTimestamp();

    public Silence(Uri page)
    {
        _page = page;
        _asking = AskAsync();
    }

    /// <summary>The longest time without an answer, by what was done then.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Longest
    {
        get
        {
            lock (_lock)
            {
                return new Dictionary<string, TimeSpan>(_longest);
            }
        }
    }

    /// <summary>From now on, silence is put down to this.</summary>
    public void During(string act)
    {
        lock (_lock)
        {
            _during = act;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _asking;
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task AskAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await _client.GetAsync(_page, _stop.Token);
                Note(answered: answer.IsSuccessStatusCode);
                await Task.Delay(Pause, _stop.Token);
            }
            catch (HttpRequestException)
            {
                Note(answered: false);
                await Task.Delay(Pause);
            }
            catch (OperationCanceledException)
            {
                Note(answered: false);
            }
        }
    }

    private void Note(bool answered)
    {
        lock (_lock)
        {
            var silent = Stopwatch.GetElapsedTime(_lastAnswer);
            _longest[_during] = _longest.TryGetValue(_during, out var longest) && longest > silent ? longest : silent;
            if (answered)
            {
                _lastAnswer = Stopwatch.GetTimestamp();
            }
        }
    }
}
