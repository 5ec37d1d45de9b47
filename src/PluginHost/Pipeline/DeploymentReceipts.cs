using System.Diagnostics;
using PluginHost.Hosting;
using PluginHost.History;
using PluginHost.Planning;
using PluginHost.Swapping;
using PluginHost.Telemetry;

namespace PluginHost.Pipeline;

/// <summary>Writes the receipts of deployments, from their beginning on.</summary>
internal sealed class DeploymentReceipts(DeploymentStore store, LiveRegistry live, DeploymentTelemetry telemetry, HostEvents events, TimeProvider time)
{
    public async Task<Receipt> OpenAsync(DeploymentRequest request, CancellationToken cancellationToken)
    {
        var fetchedAt = request.SeenAt + request.FetchedAfter;
        var deployment = new DeploymentInfo
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()).ToString("n"),
            Source = request.Source,
            Commit = request.Snapshot.Commit,
            Author = request.Snapshot.Author,
            Message = request.Snapshot.Message,
            Signer = request.Snapshot.Signer,
            Trigger = request.Trigger,
            State = DeploymentState.Running,
            SeenAt = request.SeenAt,
            Stages =
            [
                new StageInfo("fetch", request.SeenAt, (long)request.FetchedAfter.TotalMilliseconds),
                new StageInfo("queue", fetchedAt, (long)Math.Max(0, (time.GetUtcNow() - fetchedAt).TotalMilliseconds)),
            ],
        };
        await store.SaveAsync(deployment, cancellationToken);
        events.Publish(HostEventKind.Deployment, deployment.Id);
        return new Receipt(this, deployment);
    }

    /// <summary>What a host that was killed had begun is not under way any more.</summary>
    public Task EndInterruptedAsync(CancellationToken cancellationToken) =>
        store.EndInterruptedAsync("The host died before the deployment had ended. It was done again at the next start.", cancellationToken);

    private TimeProvider Time => time;

    private string? LiveVersion(string pluginId) => live.Current.Plugins.GetValueOrDefault(pluginId)?.Version.Id;

    private async Task<DeploymentInfo> EndAsync(Activity? span, DeploymentInfo deployment)
    {
        telemetry.Ended(span, deployment, time.GetUtcNow() - deployment.SeenAt);

        // The end of a deployment is written down even when the host is stopping.
        await store.SaveAsync(deployment, CancellationToken.None);
        events.Publish(HostEventKind.Deployment, deployment.Id);
        return deployment;
    }

    /// <summary>The receipt of a deployment under way.</summary>
    internal sealed class Receipt(DeploymentReceipts owner, DeploymentInfo deployment)
    {
        private const int MostErrors = 100;

        private DeploymentInfo _deployment = deployment;

        /// <summary>Its span; null when nobody listens.</summary>
        public Activity? Span { get; } = DeploymentTelemetry.Begin(deployment);

        public T Measure<T>(string stage, Func<T> work)
        {
            var (startedAt, begin) = (owner.Time.GetUtcNow(), owner.Time.GetTimestamp());
            try
            {
                return work();
            }
            finally
            {
                Add(stage, startedAt, begin);
            }
        }

        public async Task<T> MeasureAsync<T>(string stage, Func<Task<T>> work)
        {
            var (startedAt, begin) = (owner.Time.GetUtcNow(), owner.Time.GetTimestamp());
            try
            {
                return await work();
            }
            finally
            {
                Add(stage, startedAt, begin);
            }
        }

        /// <summary>Both are one command, but people want to know which of them took the time.</summary>
        public void TellRestoreFromBuild(TimeSpan? restoreTime)
        {
            if (restoreTime is { } time)
            {
                var build = _deployment.Stages[^1];
                var restoreMs = Math.Clamp((long)time.TotalMilliseconds, 0, build.DurationMs);
                _deployment = _deployment with
                {
                    Stages =
                    [
                        .. _deployment.Stages.SkipLast(1),
                        build with { Name = "restore", DurationMs = restoreMs },
                        build with { StartedAt = build.StartedAt.AddMilliseconds(restoreMs), DurationMs = build.DurationMs - restoreMs },
                    ],
                };
            }
        }

        public Task<DeploymentInfo> CloseAsync(ChangePlan plan, IReadOnlyList<Candidate> candidates)
        {
            var rejected = candidates.Count(candidate => candidate.Outcome == PluginOutcomeKind.Rejected);
            return owner.EndAsync(Span, _deployment with
            {
                LiveAt = owner.Time.GetUtcNow(),
                State = rejected == 0 ? DeploymentState.Succeeded : rejected < candidates.Count ? DeploymentState.Degraded : DeploymentState.Failed,
                Plugins =
                [
                    .. candidates.Select(Outcome),
                    .. plan.Removed.Select(id => new PluginOutcome(id, PluginOutcomeKind.Removed, null, plan.Snapshot.Drops is null ? "its project is no longer in the watched folder" : "its folder is no longer among the drops")),
                ],
            });
        }

        private PluginOutcome Outcome(Candidate candidate)
        {
            var outcome = new PluginOutcome(candidate.PluginId, candidate.Outcome!.Value, owner.LiveVersion(candidate.PluginId), candidate.Reason);
            return candidate switch
            {
                { Outcome: PluginOutcomeKind.Rejected, Problem: { } problem } => outcome with { Errors = [.. problem.Diagnostics.Take(MostErrors)] },
                { Outcome: PluginOutcomeKind.Built or PluginOutcomeKind.Reused, Outlook: { } outlook } =>
                    outcome with { BuiltOn = candidate.Artifact?.Node, Warnings = [.. candidate.Artifact?.Warnings ?? [], .. outlook.Warnings], Schedules = outlook.Schedules },
                _ => outcome,
            };
        }

        public Task<DeploymentInfo> FailAsync(string error) =>
            owner.EndAsync(Span, _deployment with { State = DeploymentState.Failed, Error = error });

        private void Add(string stage, DateTimeOffset startedAt, long begin)
        {
            _deployment = _deployment with
            {
                Stages = [.. _deployment.Stages, new StageInfo(stage, startedAt, (long)owner.Time.GetElapsedTime(begin).TotalMilliseconds)],
            };
        }
    }
}
