using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using PluginHost.AspNetCore.Api;

namespace PluginHost.App.Client;

/// <summary>A run's log as it is written. A connection that breaks is made again, and goes on after the last line that came.</summary>
internal sealed class LogStream(ApiClient api, string runId, TimeProvider time, Action<string> note)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Three times of what the host lets pass without a word.
    private static readonly TimeSpan LongestSilence = EventStream.Heartbeat * 3;

    private string? _lastLine;
    private long _lastHeard = time.GetTimestamp();
    private bool _broken;

    /// <summary>How the run ended; null until it has.</summary>
    public RunState? End { get; private set; }

    /// <summary>The lines, until the run ends.</summary>
    /// <exception cref="CommandFailure">There is no such run, or the host has been away for too long.</exception>
    public async IAsyncEnumerable<string> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            await using var items = ConnectAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(items, cancellationToken) is { } item)
            {
                (pause, _lastHeard) = (FirstPause, time.GetTimestamp());
                if (item.EventType == "end")
                {
                    End = JsonSerializer.Deserialize<RunState>($"\"{item.Data}\"", ApiJson.Options);
                    yield break;
                }

                _lastLine = item.EventId ?? _lastLine;
                yield return item.Data;
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private async IAsyncEnumerable<SseItem<string>> ConnectAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"runs/{Uri.EscapeDataString(runId)}/log");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Text.EventStream));
        if (_lastLine is not null)
        {
            request.Headers.Add("Last-Event-ID", _lastLine);
        }

        using var response = await api.OpenAsync(request, cancellationToken);
        (_lastHeard, _broken) = (time.GetTimestamp(), false);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var heard = new HeardStream(body, LongestSilence, time);
        await foreach (var item in SseParser.Create(heard).EnumerateAsync(cancellationToken))
        {
            yield return item;
        }
    }

    /// <summary>The next item; null when the connection has ended, for whatever reason.</summary>
    private async Task<SseItem<string>?> NextAsync(IAsyncEnumerator<SseItem<string>> items, CancellationToken cancellationToken)
    {
        try
        {
            if (await items.MoveNextAsync())
            {
                return items.Current;
            }

            Break($"{api.Host} ended the connection before the run had ended; asking again.");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // A connection that cannot be made in time counts as cancelled. Whoever never got through has the wrong address more likely than bad luck.
            var unreachable = failure as HttpRequestException ?? new HttpRequestException(HttpRequestError.ConnectionError, failure.Message, failure);
            if (time.GetElapsedTime(_lastHeard) > Patience)
            {
                throw new CommandFailure($"{api.Explain(unreachable).Message} The run may go on: pluginhost logs {runId} --follow");
            }

            Break($"The connection with {api.Host} broke ({failure.GetBaseException().Message}); asking again.");
        }

        return null;
    }

    private void Break(string what)
    {
        if (!_broken)
        {
            note(what);
        }

        _broken = true;
    }
}
