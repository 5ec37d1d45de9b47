using Microsoft.Extensions.Logging;
using PluginHost.Running;

namespace PluginHost.Testing;

/// <summary>The engine's own context, which keeps the last report of progress; this one keeps them all.</summary>
internal sealed class RecordingContext(RunContext context, ActiveRun run, ProgressReports reports) : ScriptContext
{
    public override string RunId => context.RunId;

    public override string ScriptId => context.ScriptId;

    public override string Commit => context.Commit;

    public override RunTrigger Trigger => context.Trigger;

    public override DateTimeOffset? ScheduledFor => context.ScheduledFor;

    public override int Attempt => context.Attempt;

    public override ILogger Logger => context.Logger;

    public override IServiceProvider Services => context.Services;

    public override TimeProvider TimeProvider => context.TimeProvider;

    public override string PluginDirectory => context.PluginDirectory;

    public override StateStore State => context.State;

    public override void ReportProgress(double fraction, string? message = null) => reports.Add(() =>
    {
        context.ReportProgress(fraction, message);
        return run.Info is { IsFinished: false, Progress: { } progress } ? progress : null;
    });

    public override void SetResult(object? result) => context.SetResult(result);
}

/// <summary>What a run has reported of its progress.</summary>
internal sealed class ProgressReports
{
    private readonly Lock _lock = new();
    private readonly List<RunProgress> _all = [];

    public IReadOnlyList<RunProgress> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    public void Add(Func<RunProgress?> report)
    {
        lock (_lock)
        {
            if (report() is { } progress)
            {
                _all.Add(progress);
            }
        }
    }
}
