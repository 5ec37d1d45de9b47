using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;

namespace PluginHost.App.Commands;

/// <summary><c>deployments</c>: which commits came, and what was done with them.</summary>
internal static class DeploymentsCommand
{
    public static Command Create()
    {
        var page = new PageOptions();
        return ClientCommand.Create("deployments", "Lists deployments, newest first.", page.All, async call => call.WriteList(
            await call.Api.GetAsync<Page<DeploymentInfo>>(page.AddTo(call, new QueryText("deployments")), call.Cancellation),
            ["SEEN", "SOURCE", "COMMIT", "STATE", "TRIGGER", "TOOK", "PLUGINS", "MESSAGE"],
            deployment =>
            [
                call.Local(deployment.SeenAt),
                deployment.Source,
                Show.Commit(deployment.Commit),
                Show.State(deployment.State),
                Show.State(deployment.Trigger).Text,
                Show.Duration((long?)(deployment.LiveAt - deployment.SeenAt)?.TotalMilliseconds),
                DeploymentText.Summary(deployment),
                $"{deployment.Author}: {deployment.Message}",
            ],
            "Nothing has been deployed yet."));
    }
}
