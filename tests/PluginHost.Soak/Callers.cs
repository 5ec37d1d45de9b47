using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace PluginHost.Soak;

/// <summary>People and programs who run scripts all the time, whatever goes on.</summary>
internal sealed class Callers : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();
    private readonly ConcurrentQueue<string> _wrong = new();
    private readonly Task[] _calling;

    public Callers(Uri api, IReadOnlyList<string> plugins, int count, int seed)
    {
        _client = new HttpClient { BaseAddress = api, Timeout = TimeSpan.FromMinutes(2) };
        _calling = [.. Enumerable.Range(0, count).Select(i => CallAsync(plugins, new Random(seed + i)))];
    }

    /// <summary>The runs that the host said it has.</summary>
    public ICollection<string> Acknowledged => _acknowledged.Keys;

    /// <summary>Answers that nobody may get.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_calling);
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task CallAsync(IReadOnlyList<string> plugins, Random random)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(random.Next(100, 1000), _stop.Token);
                using var answer = await _client.PostAsJsonAsync($"api/v1/scripts/{plugins[random.Next(plugins.Count)]}.Work/runs", new { }, _stop.Token);
                var text = await answer.Content.ReadAsStringAsync(_stop.Token);
                switch (answer.StatusCode)
                {
                    case HttpStatusCode.Accepted:
                        _acknowledged[JsonNode.Parse(text)!["id"]!.ToString()] = true;
                        break;
                    case HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.ServiceUnavailable:
                        // Removed, never live, or the host is about to stop.
                        break;
                    default:
                        _wrong.Enqueue($"A run was answered with {(int)answer.StatusCode}: {text}");
                        break;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException)
            {
                // The host is down, or so busy that the call takes too long; what it did not acknowledge it owes nobody.
            }
        }
    }
}
