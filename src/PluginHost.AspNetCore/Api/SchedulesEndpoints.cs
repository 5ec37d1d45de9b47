using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace PluginHost.AspNetCore.Api;

internal static class SchedulesEndpoints
{
    public static void MapSchedules(this IEndpointRouteBuilder api)
    {
        api.MapGet("/scripts/{id}/schedules", async (string id, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.List(await host.GetSchedulesAsync(id, cancellationToken)))
            .WithSummary("The schedules of a script: those of its code, as operators have changed them, and those that they have added.").Refuses(404);
        api.MapPut("/scripts/{id}/schedules/{scheduleId}", SetAsync)
            .WithSummary("Sets a schedule.")
            .WithDescription("In place of the code's schedule of that id, where what is left out is as the code says; or adds one of that name, which needs a 'cron'. It replaces all that was set for it before, takes effect at once for times to come, and survives restarts and deployments. The errors of a parameter stand under 'parameters.' and its name.")
            .Accepts<ScheduleBody>("application/json")
            .ProducesValidationProblem()
            .Refuses(403, 404, 409, 413, 415);
        api.MapDelete("/scripts/{id}/schedules/{scheduleId}", async (string id, string scheduleId, IPluginHost host, CancellationToken cancellationToken) =>
            ApiJson.List(await host.ResetScheduleAsync(id, scheduleId, cancellationToken)))
            .WithSummary("Takes back what was set for a schedule: it is as the code says again, or gone if it was added. Answers the schedules that the script has then.").Refuses(403, 404);
        api.MapGet("/schedules/preview", (string? cron, string? timeZone, string? script, IPluginHost host) =>
            ApiJson.Ok(host.PreviewSchedule(cron, string.IsNullOrEmpty(timeZone) ? null : timeZone, string.IsNullOrEmpty(script) ? null : script)))
            .WithSummary("What a cron expression means: its next times, and what may not be as it was meant.")
            .ProducesValidationProblem()
            .Refuses(404);
    }

    private static async Task<JsonOk<ScheduleInfo>> SetAsync(
        string id, string scheduleId, HttpContext context, IPluginHost host, CancellationToken cancellationToken)
    {
        var body = await ScheduleBody.ReadAsync(context.Request, cancellationToken);
        return ApiJson.Ok(await host.SetScheduleAsync(id, scheduleId, body.ToRequest(context.User.Identity?.Name), cancellationToken));
    }
}
