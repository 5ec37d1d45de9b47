namespace PluginHost.Alerts;

/// <summary>How the deployment of a commit goes, for a forge.</summary>
/// <param name="Deployment">The deployment.</param>
/// <param name="Commit">The full id of the commit.</param>
/// <param name="State">How far it is.</param>
/// <param name="Description">It in a sentence.</param>
internal sealed record CommitStatus(string Deployment, string Commit, CommitStatusState State, string Description)
{
    // GitHub takes no more.
    private const int LongestDescription = 140;

    public static CommitStatus Of(DeploymentInfo deployment)
    {
        var rejected = deployment.Plugins.Where(plugin => plugin.Outcome == PluginOutcomeKind.Rejected).ToList();
        var (state, text) = deployment.State switch
        {
            DeploymentState.Running => (CommitStatusState.Pending, "The deployment is under way."),
            DeploymentState.Succeeded => (CommitStatusState.Success, $"Live with {deployment.Plugins.Count} {(deployment.Plugins.Count == 1 ? "plugin" : "plugins")}."),
            _ => (CommitStatusState.Failure, rejected.Count switch
            {
                0 => deployment.Error ?? "Nothing of it went live.",
                1 => rejected[0].Reason,
                _ => $"{rejected.Count} plugins were rejected: {string.Join(", ", rejected.Select(plugin => plugin.Plugin))}.",
            }),
        };
        text = text.ReplaceLineEndings(" ");
        return new CommitStatus(deployment.Id, deployment.Commit, state, text.Length > LongestDescription ? $"{text[..(LongestDescription - 1)]}…" : text);
    }
}

/// <summary>How far it is.</summary>
internal enum CommitStatusState
{
    Pending,
    Success,
    Failure,
}
