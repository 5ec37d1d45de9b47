using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore.Api;

/// <summary>Answers with events as they come.</summary>
internal static class EventStream
{
    /// <summary>How long a stream is silent at most: proxies and clients take a connection that is silent for longer as dead.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    // A comment, which every reader of such streams passes over.
    private static readonly byte[] Comment = ": \n\n"u8.ToArray();

    public static IResult Answer(HttpContext context, TimeProvider time, IAsyncEnumerable<SseItem<string>> events)
    {
        // nginx would hold the events back until it has some kilobytes of them.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(BeatAsync(events, context.Response, time, context.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> BeatAsync(
        IAsyncEnumerable<SseItem<string>> events, HttpResponse response, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Nothing may come for long: whoever asked is told at once that they are connected.
        await response.Body.FlushAsync(cancellationToken);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var enumerator = events.GetAsyncEnumerator(stop.Token);
        var more = enumerator.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                while (!await EndsWithinAsync(more, time, cancellationToken))
                {
                    await response.Body.WriteAsync(Comment, cancellationToken);
                    await response.Body.FlushAsync(cancellationToken);
                }

                if (!await more)
                {
                    yield break;
                }

                yield return enumerator.Current;
                more = enumerator.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator cannot be disposed while it is being asked.
            await stop.CancelAsync();
            await more.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static async Task<bool> EndsWithinAsync(Task more, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await more.WaitAsync(Heartbeat, time, cancellationToken);
            return true;
        }
        catch (TimeoutException) when (!more.IsCompleted)
        {
            return false;
        }
    }
}
