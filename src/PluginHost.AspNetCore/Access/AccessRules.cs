using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using static PluginHost.AspNetCore.Access.Need;

namespace PluginHost.AspNetCore.Access;

/// <summary>What one endpoint needs, and what it is called in the audit log.</summary>
/// <param name="Need">What its caller must be allowed.</param>
/// <param name="Action">What it changes; null when it changes nothing.</param>
/// <param name="Target">The names of the route's and the query's values that say to what.</param>
internal sealed record AccessRule(Need Need, AuditAction? Action = null, params string[] Target);

/// <summary>What everything that answers needs: the whole of it. An endpoint that is not in here answers nobody.</summary>
internal static class AccessRules
{
    private static readonly FrozenDictionary<string, AccessRule> Rules = new Dictionary<string, AccessRule>
    {
        // Probes, signed webhooks, and what the sign-in page is made of.
        ["GET /health/live"] = new(Nothing),
        ["GET /health/ready"] = new(Nothing),
        ["POST /api/v1/hooks/{source}"] = new(Nothing),
        ["GET /assets/{name}"] = new(Nothing),

        ["GET /"] = new(Viewer),
        ["GET /scripts/{id}"] = new(Viewer),
        ["GET /scripts/{id}/calendar"] = new(Viewer),
        ["GET /runs"] = new(Viewer),
        ["GET /runs/{id}"] = new(Viewer),
        ["GET /occurrences"] = new(Viewer),
        ["GET /deployments"] = new(Viewer),
        ["GET /deployments/{id}"] = new(Viewer),
        ["GET /plugins/{id}"] = new(Viewer),
        ["GET /plugins/{id}/versions/{version}"] = new(Viewer),
        ["GET /scripts/{id}/source"] = new(Viewer),
        ["GET /host"] = new(Viewer),
        ["GET /metrics"] = new(Viewer),
        ["GET /openapi/v1.json"] = new(Viewer),
        ["GET /api/v1/status"] = new(Viewer),
        ["GET /api/v1/host"] = new(Viewer),
        ["GET /api/v1/nodes"] = new(Viewer),
        ["GET /api/v1/events"] = new(Viewer),
        ["GET /api/v1/scripts"] = new(Viewer),
        ["GET /api/v1/scripts/{id}"] = new(Viewer),
        ["GET /api/v1/scripts/{id}/calendar"] = new(Viewer),
        ["GET /api/v1/scripts/{id}/state"] = new(Viewer),
        ["GET /api/v1/scripts/{id}/schedules"] = new(Viewer),
        ["GET /api/v1/schedules/preview"] = new(Viewer),
        ["GET /api/v1/runs"] = new(Viewer),
        ["GET /api/v1/runs/{id}"] = new(Viewer),
        ["GET /api/v1/runs/{id}/log"] = new(Viewer),
        ["GET /api/v1/occurrences"] = new(Viewer),
        ["GET /api/v1/plugins"] = new(Viewer),
        ["GET /api/v1/plugins/{id}"] = new(Viewer),
        ["GET /api/v1/plugins/{id}/versions"] = new(Viewer),
        ["GET /api/v1/deployments"] = new(Viewer),
        ["GET /api/v1/deployments/{id}"] = new(Viewer),
        ["GET /api/v1/deployments/{id}/logs"] = new(Viewer),
        ["GET /api/v1/deployments/{id}/log"] = new(Viewer),
        ["GET /api/v1/plugins/{id}/versions/{version}/source"] = new(Viewer),
        ["GET /api/v1/plugins/{id}/versions/{version}/changes"] = new(Viewer),

        ["GET /api/v1/deployments/{id}/binlog"] = new(Operator),
        ["POST /api/v1/scripts/{id}/runs"] = new(Operator, AuditAction.RunStart, "id"),
        ["POST /api/v1/scripts/{id}/pause"] = new(Operator, AuditAction.ScriptPause, "id"),
        ["POST /api/v1/scripts/{id}/resume"] = new(Operator, AuditAction.ScriptResume, "id"),
        ["POST /api/v1/scripts/{id}/allow"] = new(Operator, AuditAction.ScriptAllow, "id"),
        ["DELETE /api/v1/safe-mode"] = new(Operator, AuditAction.SafeModeLeave),
        ["PUT /api/v1/scripts/{id}/schedules/{scheduleId}"] = new(Operator, AuditAction.ScheduleSet, "id", "scheduleId"),
        ["DELETE /api/v1/scripts/{id}/schedules/{scheduleId}"] = new(Operator, AuditAction.ScheduleReset, "id", "scheduleId"),
        ["POST /api/v1/runs/{id}/cancel"] = new(Operator, AuditAction.RunCancel, "id"),
        ["POST /api/v1/runs/{id}/rerun"] = new(Operator, AuditAction.RunRerun, "id"),
        ["POST /api/v1/plugins/{id}/rollback"] = new(Operator, AuditAction.PluginRollback, "id"),
        ["DELETE /api/v1/plugins/{id}/pin"] = new(Operator, AuditAction.PluginUnpin, "id"),
        ["POST /api/v1/nodes/{id}/drain"] = new(Operator, AuditAction.NodeDrain, "id"),
        ["DELETE /api/v1/nodes/{id}/drain"] = new(Operator, AuditAction.NodeUndrain, "id"),
        ["POST /api/v1/sources/{name}/sync"] = new(Operator, AuditAction.SourceSync, "name", "accept"),

        ["DELETE /api/v1/scripts/{id}/state"] = new(Admin, AuditAction.StateRemove, "id", "key"),
        ["POST /api/v1/plugins/{id}/leaks/{version}/roots"] = new(Admin, AuditAction.LeakExplain, "id", "version"),
        ["GET /audit"] = new(Admin),
        ["GET /api/v1/audit"] = new(Admin),
    }.ToFrozenDictionary();

    public static int Count => Rules.Count;

    /// <summary>Endpoints that are mapped here are declared in the table above.</summary>
    public static RouteGroupBuilder MapDeclared(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            var method = endpoint.Metadata.OfType<HttpMethodMetadata>().Single().HttpMethods.Single();
            if (Rules.TryGetValue($"{method} {((RouteEndpointBuilder)endpoint).RoutePattern.RawText}", out var rule))
            {
                endpoint.Metadata.Add(rule);
            }
        });
        return group;
    }
}
