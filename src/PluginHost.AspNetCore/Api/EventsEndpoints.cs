using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace PluginHost.AspNetCore.Api;

internal static class EventsEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/events", IResult (HttpContext context, IPluginHost host, IHostApplicationLifetime application, TimeProvider time, CancellationToken cancellationToken) =>
                EventStream.Answer(context, time, WatchAsync(host, application.ApplicationStopping, cancellationToken)))
            .WithSummary("What changes, as it changes.")
            .WithDescription("An event 'connected', then one event for each change: its name is the kind, its data the kind and the id of what changed as JSON. A slow reader misses repeated changes, never the last.")
            .Produces<HostEvent>(StatusCodes.Status200OK, "text/event-stream");

    private static async IAsyncEnumerable<SseItem<string>> WatchAsync(
        IPluginHost host, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        await using var changes = host.WatchAsync(stop.Token).EndUpon(stop.Token).GetAsyncEnumerator(stop.Token);

        // Watching begins before 'connected' is sent: who asks for everything upon it misses no change after.
        var more = changes.MoveNextAsync().AsTask();
        try
        {
            yield return new SseItem<string>("connected", "connected");
            while (await more)
            {
                var change = changes.Current;
                yield return new SseItem<string>(JsonSerializer.Serialize(change, ApiJson.Options), ApiJson.Name(change.Kind));
                more = changes.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator cannot be disposed while it is being asked.
            await stop.CancelAsync();
            await more.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
