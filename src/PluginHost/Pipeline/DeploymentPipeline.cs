using System.Diagnostics;
using Microsoft.Extensions.Logging;
using PluginHost.Building;
using PluginHost.Planning;

namespace PluginHost.Pipeline;

/// <summary>From a commit to running code. The order of the lines is the promise: what runs is touched by the last of them alone.</summary>
internal sealed partial class DeploymentPipeline(
    DeploymentReceipts receipts,
    DotnetSdk sdk,
    ChangePlanner planner,
    PinnedBuilds pinned,
    ReusedBuilds reused,
    SharedBuilds shared,
    PluginBuilder builder,
    ArtifactKeeper keeper,
    CandidateLoader loader,
    PluginSwapper swapper,
    PluginStates plugins,
    ILogger<DeploymentPipeline> logger)
{
    public async Task<DeploymentInfo> DeployAsync(DeploymentRequest request, CancellationToken cancellationToken)
    {
        var receipt = await receipts.OpenAsync(request, cancellationToken);
        Activity.Current = receipt.Span; // so that what is logged carries its trace
        try
        {
            if (request.Snapshot.Refusal is { } refusal)
            {
                plugins.Refuse(request.Source, new PluginProblem(ProblemStage.Fetch, request.Snapshot.Commit, refusal, []));
                return await receipt.FailAsync(refusal);
            }

            var plan = await receipt.MeasureAsync("plan", () => PlanAsync(request, cancellationToken));
            plugins.Expect(plan);
            await using var work = shared.IsOn && plan.ToBuild.Count > 0
                ? await receipt.MeasureAsync("share", () => shared.BeginAsync(plan, cancellationToken))
                : new SharedBuild(plan, null, null);
            plan = work.Plan;
            var builds = await receipt.MeasureAsync("build", () => builder.BuildAsync(plan, cancellationToken));
            receipt.TellRestoreFromBuild(builds.RestoreTime);
            var candidates = receipt.Measure("keep", () => keeper.Keep(plan, builds));
            work.Offer(candidates, cancellationToken);
            candidates = receipt.Measure("inspect", () => loader.Inspect(candidates));
            candidates = await receipt.MeasureAsync("load", () => loader.LoadAsync(candidates, cancellationToken));
            candidates = await receipt.MeasureAsync("swap", () => swapper.SwapAsync(plan, candidates, cancellationToken));
            plugins.Settle(plan, candidates);
            return await receipt.CloseAsync(plan, candidates);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await receipt.FailAsync("The host stopped before the deployment had ended. It is done again at the next start.");
        }
        catch (Exception failure)
        {
            LogFailed(failure, request.Snapshot.Commit, request.Source);
            return await receipt.FailAsync($"{failure.GetType().Name}: {failure.Message} What was live stays live; ask for a sync to try again.");
        }
    }

    private async Task<ChangePlan> PlanAsync(DeploymentRequest request, CancellationToken cancellationToken)
    {
        var environment = await sdk.DescribeAsync(request.Snapshot, request.Folder, cancellationToken);

        await pinned.FetchAsync(cancellationToken);

        // Whoever asks by hand wants what was refused tried again: the feed may be back, the certificate renewed.
        var known = plugins.KnownTo(request.Source, withRejections: request.Trigger != DeploymentTrigger.Manual);
        return reused.Check(planner.Plan(request.Snapshot, request.Folder, environment, known), known);
    }

    [LoggerMessage(EventId = 210, Level = LogLevel.Error, Message = "The deployment of commit {Commit} of source '{Source}' failed; what was live stays live.")]
    private partial void LogFailed(Exception failure, string commit, string source);
}
