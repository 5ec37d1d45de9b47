using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class AuditEndpoints
{
    public static void MapAudit(this IEndpointRouteBuilder api) =>
        api.MapGet("/audit", async (
            IAuditLog audit, string? who, OneOf<AuditAction>? action, Limit? limit, string? after, CancellationToken cancellationToken) =>
            ApiJson.Ok(await audit.ListAsync(
                new AuditQuery
                {
                    Who = string.IsNullOrEmpty(who) ? null : who,
                    Action = action?.Value("action"),
                    Limit = limit?.Value ?? Limit.Default,
                    After = string.IsNullOrEmpty(after) ? null : after,
                },
                cancellationToken)))
            .WithSummary("Who asked for what change, and what became of it, newest first.")
            .WithDescription("An entry that stays 'asked' was about to be carried out when the host ended, or when its caller went away.")
            .Refuses(400);
}
