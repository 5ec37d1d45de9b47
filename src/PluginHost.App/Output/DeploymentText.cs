using PluginHost.AspNetCore.Api;

namespace PluginHost.App.Output;

/// <summary>How people speak of deployments.</summary>
internal static class DeploymentText
{
    /// <summary>How many plugins ended how, those that nothing happened to last.</summary>
    public static string Summary(DeploymentInfo deployment) => string.Join(", ", deployment.Plugins
        .GroupBy(plugin => plugin.Outcome)
        .OrderBy(group => group.Key == PluginOutcomeKind.Unchanged)
        .ThenBy(group => group.Key)
        .Select(group => $"{group.Count()} {ApiJson.Name(group.Key)}"));
}
