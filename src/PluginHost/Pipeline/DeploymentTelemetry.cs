using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PluginHost.Pipeline;

/// <summary>Deployments and their stages, as metrics of the meter and spans of the activity source <c>PluginHost</c>.</summary>
internal sealed class DeploymentTelemetry : IDisposable
{
    private readonly ActivitySource _source = new("PluginHost");
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _stageDuration;

    public DeploymentTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create("PluginHost");
        _duration = meter.CreateHistogram<double>("pluginhost.deployment.duration", "s", "How long it took from seeing a commit until it was live or rejected.");
        _stageDuration = meter.CreateHistogram<double>("pluginhost.deployment.stage.duration", "s", "How long the stages of deployments took.");
    }

    /// <summary>The span of a deployment, which begins when its commit was seen; null when nobody listens.</summary>
    public Activity? Begin(DeploymentInfo deployment) =>
        _source.StartActivity(
            "deployment", ActivityKind.Internal, parentContext: default,
            [
                new("pluginhost.source", deployment.Source), new("pluginhost.deployment", deployment.Id),
                new("vcs.ref.head.revision", deployment.Commit), new("pluginhost.trigger", deployment.Trigger.ToString()),
            ],
            startTime: deployment.SeenAt);

    public void Ended(Activity? span, DeploymentInfo deployment, TimeSpan duration)
    {
        _duration.Record(duration.TotalSeconds, new("source", deployment.Source), new("result", deployment.State.ToString()));
        foreach (var stage in deployment.Stages)
        {
            _stageDuration.Record(stage.DurationMs / 1000.0, new("source", deployment.Source), new("stage", stage.Name));
            if (span is not null)
            {
                using var child = _source.StartActivity(stage.Name, ActivityKind.Internal, span.Context, startTime: stage.StartedAt);
                child?.SetEndTime(stage.StartedAt.UtcDateTime.AddMilliseconds(stage.DurationMs));
            }
        }

        span?.SetStatus(deployment.State == DeploymentState.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok);
        span?.Dispose();
    }

    public void Dispose() => _source.Dispose();
}
