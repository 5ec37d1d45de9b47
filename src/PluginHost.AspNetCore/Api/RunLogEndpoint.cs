using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Hosting;

namespace PluginHost.AspNetCore.Api;

/// <summary>A run's log: as text, or line by line as it is written.</summary>
internal static class RunLogEndpoint
{
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    public static async Task<IResult> ReadAsync(
        string id,
        HttpContext context,
        IPluginHost host,
        IHostApplicationLifetime application,
        TimeProvider time,
        [FromHeader(Name = "Last-Event-ID")] string? lastEventId,
        CancellationToken cancellationToken)
    {
        await host.GetRunAsync(id, cancellationToken);
        if (context.Request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
        {
            // A browser sends back what it got; anything else starts from the beginning.
            long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var after);
            return EventStream.Answer(context, time, FollowAsync(host, id, after, application.ApplicationStopping, cancellationToken));
        }

        return Results.Stream(
            async body =>
            {
                await foreach (var line in host.ReadLogAsync(id, 0, follow: false, cancellationToken))
                {
                    await body.WriteAsync(Encoding.UTF8.GetBytes(line.Text + "\n"), cancellationToken);
                }
            },
            "text/plain; charset=utf-8");
    }

    private static async IAsyncEnumerable<SseItem<string>> FollowAsync(
        IPluginHost host, string id, long after, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        await foreach (var line in host.ReadLogAsync(id, after, follow: true, stop.Token).EndUpon(stop.Token))
        {
            yield return new SseItem<string>(line.Text) { EventId = line.Number.ToString(CultureInfo.InvariantCulture) };
        }

        if (stop.IsCancellationRequested)
        {
            // The browser asks again, for what comes after its last line, when the host is back.
            yield break;
        }

        // Without this last event a browser would take the end for a lost connection, and ask again.
        var run = await host.WaitForRunAsync(id, EndLimit, cancellationToken);
        yield return new SseItem<string>(ApiJson.Name(run.State), "end");
    }
}
