using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace PluginHost.AspNetCore.Access;

/// <summary>Who asks, and what the application allows them.</summary>
internal sealed class Caller(HttpContext context, PluginHostEndpointOptions options)
{
    public string? Name => context.User.Identity is { IsAuthenticated: true } identity ? identity.Name : null;

    public string? SignOutPath => Name is null || options.SignOutPath is null ? null : ApplicationBase.LinkTo(context, options.SignOutPath);

    public string? Address => AddressOf(context);

    /// <summary>Where a request comes from, as the audit log says it.</summary>
    public static string? AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();

    public static Caller Of(HttpContext context) => context.Features.GetRequiredFeature<Caller>();

    public async Task<bool> MayAsync(Need need)
    {
        if (await PolicyFor(need) is not { } policy)
        {
            return true;
        }

        // To ask makes whom the policy's schemes know the user; who asked stays who they are.
        var user = context.User;
        try
        {
            return (await EvaluateAsync(policy)).Succeeded;
        }
        finally
        {
            context.User = user;
        }
    }

    /// <summary>The policy that a need stands for; null when there is none to fulfil.</summary>
    public async Task<AuthorizationPolicy?> PolicyFor(Need need)
    {
        var name = need switch
        {
            Need.Nothing => null,
            Need.Viewer => options.ViewerPolicy,
            Need.Operator => options.OperatorPolicy ?? options.ViewerPolicy,
            _ => options.AdminPolicy ?? options.OperatorPolicy ?? options.ViewerPolicy,
        };
        return name is null ? null
            : await context.RequestServices.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync(name)
                ?? throw new InvalidOperationException($"The application has no authorization policy '{name}', which MapPluginHost is to ask for, so nobody is let in. Add it: builder.Services.AddAuthorizationBuilder().AddPolicy(\"{name}\", …).");
    }

    // As the application's own endpoints: the policy may name the schemes that it trusts.
    public async Task<PolicyAuthorizationResult> EvaluateAsync(AuthorizationPolicy policy)
    {
        var evaluator = context.RequestServices.GetRequiredService<IPolicyEvaluator>();
        return await evaluator.AuthorizeAsync(policy, await evaluator.AuthenticateAsync(policy, context), context, context);
    }
}
