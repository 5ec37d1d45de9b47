namespace PluginHost;

/// <summary>What <c>MapPluginHost</c> asks of callers: names of authorization policies of the application.</summary>
/// <remarks>
/// A role includes those before it, so a policy that is not set is that of the role before. Health checks, webhooks
/// (which are signed) and the pages' own style and script ask for none of them, only for what the application requires
/// of everything, for example by <c>RequireAuthorization()</c>; webhooks not even for that.
/// </remarks>
public sealed class PluginHostEndpointOptions
{
    /// <summary>The policy for looking at everything but the audit log.</summary>
    /// <value>The default is null: only what the application requires of everything.</value>
    public string? ViewerPolicy { get; set; }

    /// <summary>The policy for starting and cancelling runs, pausing, syncing, rolling back and changing schedules.</summary>
    /// <value>The default is null: as <see cref="ViewerPolicy"/>.</value>
    public string? OperatorPolicy { get; set; }

    /// <summary>The policy for removing what scripts keep, and for reading the audit log.</summary>
    /// <value>The default is null: as <see cref="OperatorPolicy"/>.</value>
    public string? AdminPolicy { get; set; }

    /// <summary>Where the pages' link "Sign out" leads, by POST.</summary>
    /// <value>A path of the application, from its own root, such as <c>/sign-out</c>. The default is null: there is no such link.</value>
    public string? SignOutPath { get; set; }
}
