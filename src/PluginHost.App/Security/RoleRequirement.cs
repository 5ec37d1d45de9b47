using Microsoft.AspNetCore.Authorization;
using PluginHost.History;

namespace PluginHost.App.Security;

/// <summary>Asks for a role, or a higher one; for nothing as long as the door is open.</summary>
internal sealed record RoleRequirement(AccessRole Role) : IAuthorizationRequirement;

internal sealed class RoleHandler(Door door) : AuthorizationHandler<RoleRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        if (door.IsOpen || Visitor.RoleOf(context.User) >= requirement.Role)
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
