using System.CommandLine;
using PluginHost.App.Client;
using PluginHost.App.Output;
using Spectre.Console;

namespace PluginHost.App.Commands;

/// <summary><c>sync</c>: looks at a source now, and waits until its tip is deployed.</summary>
internal static class SyncCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        var source = new Argument<string?>("source") { Arity = ArgumentArity.ZeroOrOne, Description = "The source's name. Default: the only one." };
        var accept = new Option<string?>("--accept") { Description = "The commit to take although it does not descend from the one before it, where the source refuses a rewritten history.", HelpName = "commit" };
        return ClientCommand.Create("sync", "Looks at a source now and waits until its tip is deployed. Exit code 1 when some of it was rejected.", [source, accept], async call =>
        {
            var name = call.Arguments.GetValue(source) ?? await OnlySourceAsync(call);
            var answer = await call.Output.WhileAsync($"Deploying the tip of '{name}'", _ => call.Api.SendAsync<DeploymentInfo>(
                HttpMethod.Post, new QueryText($"sources/{Uri.EscapeDataString(name)}/sync").Add("wait", $"{Limit.TotalSeconds:0}").Add("accept", call.Arguments.GetValue(accept)).ToString(), null, Limit, call.Cancellation, Lookup.Source(name)));
            call.Write(answer, deployment => Write(call, deployment));
            return answer.Value.State switch
            {
                DeploymentState.Succeeded => ExitCode.Done,
                DeploymentState.Running => throw new CommandFailure($"Commit {Show.Commit(answer.Value.Commit)} is still being deployed after {Limit.TotalMinutes:0} min. 'pluginhost deployments' shows how it ends."),
                _ => ExitCode.Failed,
            };
        });
    }

    private static async Task<string> OnlySourceAsync(ClientCall call)
    {
        var sources = (await call.Api.GetAsync<HostStatus>("status", call.Cancellation)).Value.Sources;
        return sources is [var only]
            ? only.Name
            : throw new CommandFailure($"The host has {sources.Count} sources: {string.Join(", ", sources.Select(source => source.Name))}. Say which one.", ExitCode.WrongUsage);
    }

    private static void Write(ClientCall call, DeploymentInfo deployment)
    {
        call.Output.Line($"{deployment.Source} is at {Show.Commit(deployment.Commit)}, {deployment.Author}: {deployment.Message}");
        if (deployment.Signer is { } signer)
        {
            call.Output.Line($"Signed by {signer}");
        }

        if (deployment.Error is { } error)
        {
            call.Output.Line(new Cell(error, Color.Red));
        }

        if (deployment.Plugins.Count > 0)
        {
            call.Output.Table(
                ["PLUGIN", "OUTCOME", "VERSION", "REASON"],
                deployment.Plugins.Select(plugin => (IReadOnlyList<Cell>)[plugin.Plugin, Show.State(plugin.Outcome), plugin.Version, plugin.Reason]));
        }

        foreach (var warning in deployment.Plugins.SelectMany(plugin => plugin.Warnings))
        {
            call.Output.Line(DiagnosticText.Of(warning));
        }
    }
}
