using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace PluginHost.Telemetry;

/// <summary>Deployments and their stages, as metrics and spans.</summary>
internal sealed class DeploymentTelemetry
{
    private const int MostEvents = 100;

    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _stageDuration;

    public DeploymentTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(PluginHostTelemetry.MeterName);
        _duration = meter.CreateHistogram("pluginhost.deployment.duration", "s", "How long it took from seeing a commit until it was live or rejected.", advice: Names.Durations);
        _stageDuration = meter.CreateHistogram("pluginhost.deployment.stage.duration", "s", "How long the stages of deployments took.", advice: Names.Durations);
    }

    /// <summary>The span of a deployment, which begins when its commit was seen; null when nobody listens.</summary>
    public static Activity? Begin(DeploymentInfo deployment) =>
        PluginHostTelemetry.Source.StartActivity(
            "deployment", ActivityKind.Internal, parentContext: default,
            [
                new(Names.Source, deployment.Source), new(Names.Deployment, deployment.Id),
                new(Names.Commit, deployment.Commit), new(Names.DeploymentTrigger, Names.Of(deployment.Trigger)),
            ],
            startTime: deployment.SeenAt);

    public void Ended(Activity? span, DeploymentInfo deployment, TimeSpan duration)
    {
        _duration.Record(duration.TotalSeconds, new(Names.Source, deployment.Source), new(Names.DeploymentState, Names.Of(deployment.State)));
        foreach (var stage in deployment.Stages)
        {
            _stageDuration.Record(stage.DurationMs / 1000.0, new(Names.Source, deployment.Source), new(Names.Stage, stage.Name));
            if (span is not null)
            {
                using var child = PluginHostTelemetry.Source.StartActivity(stage.Name, ActivityKind.Internal, span.Context, startTime: stage.StartedAt);
                child?.SetEndTime(stage.StartedAt.UtcDateTime.AddMilliseconds(stage.DurationMs));
            }
        }

        if (span is not null)
        {
            Describe(span, deployment);
            span.SetEndTime(deployment.SeenAt.UtcDateTime + duration);
            span.Dispose();
        }
    }

    private static void Describe(Activity span, DeploymentInfo deployment)
    {
        span.SetTag(Names.DeploymentState, Names.Of(deployment.State));
        if (deployment.State == DeploymentState.Failed)
        {
            span.SetStatus(ActivityStatusCode.Error, deployment.Error);
            span.SetTag(Names.ErrorType, deployment.Error is null ? "rejected" : "failed");
        }

        foreach (var plugin in deployment.Plugins.Where(plugin => plugin.Outcome != PluginOutcomeKind.Unchanged).Take(MostEvents))
        {
            span.AddEvent(new ActivityEvent($"plugin {Names.Of(plugin.Outcome)}", tags: new ActivityTagsCollection
            {
                [Names.Plugin] = plugin.Plugin, [Names.PluginOutcome] = Names.Of(plugin.Outcome), [Names.PluginVersion] = plugin.Version,
            }));
        }
    }
}
