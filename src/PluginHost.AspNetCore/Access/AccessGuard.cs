using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace PluginHost.AspNetCore.Access;

/// <summary>Lets through who may do what is asked for.</summary>
internal sealed class AccessGuard(RequestDelegate next, PluginHostEndpointOptions options)
{
    // What is nowhere, or takes another method: there is nothing to be had, but nobody is told who may not look.
    private static readonly AccessRule Elsewhere = new(Need.Viewer);

    public async Task InvokeAsync(HttpContext context)
    {
        var caller = new Caller(context, options);
        context.Features.Set(caller);
        var rule = RuleOf(context.GetEndpoint());
        if (await caller.PolicyFor(rule.Need) is { } policy)
        {
            var result = await caller.EvaluateAsync(policy);
            if (result.Challenged)
            {
                await ChallengeAsync(context, policy);
                return;
            }

            if (!result.Succeeded)
            {
                await RefuseAsync(context, caller, rule);
            }
        }

        await next(context);
    }

    private static AccessRule RuleOf(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<AccessRule>()
        ?? (endpoint is RouteEndpoint ? throw new InvalidOperationException($"'{endpoint.DisplayName}' is not in AccessRules, so nobody is let in.") : Elsewhere);

    private static async Task ChallengeAsync(HttpContext context, AuthorizationPolicy policy)
    {
        if (policy.AuthenticationSchemes.Count == 0)
        {
            await context.ChallengeAsync();
        }

        foreach (var scheme in policy.AuthenticationSchemes)
        {
            await context.ChallengeAsync(scheme);
        }
    }

    private static async Task RefuseAsync(HttpContext context, Caller caller, AccessRule rule)
    {
        var title = $"This needs the role {rule.Need.ToString().ToLowerInvariant()}, which you do not have.";
        if (rule.Action is { } action)
        {
            await context.RequestServices.GetRequiredService<IAuditLog>().RecordAsync(
                AuditTrail.Request(context, caller, action, rule), AuditOutcome.Refused, title, CancellationToken.None);
        }

        throw new BadHttpRequestException(title, StatusCodes.Status403Forbidden);
    }
}
