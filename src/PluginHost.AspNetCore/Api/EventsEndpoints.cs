using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class EventsEndpoints
{
    public static void MapEvents(this IEndpointRouteBuilder api) =>
        api.MapGet("/events", (IPluginHost host, CancellationToken cancellationToken) =>
            TypedResults.ServerSentEvents(WatchAsync(host, cancellationToken)));

    private static async IAsyncEnumerable<SseItem<string>> WatchAsync(IPluginHost host, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new SseItem<string>("connected", "connected");
        await foreach (var change in host.WatchAsync(cancellationToken))
        {
            yield return new SseItem<string>(JsonSerializer.Serialize(change, ApiJson.Options), ApiJson.Name(change.Kind));
        }
    }
}
