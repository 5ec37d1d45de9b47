namespace PluginHost.Alerts;

/// <summary>Tells when runs of a script begin to fail, and when they succeed again.</summary>
internal sealed class RunAlerts(IPluginHost host, AlertMemory memory, TimeProvider time)
{
    /// <summary>A script that goes on failing is told of again after so long.</summary>
    public static readonly TimeSpan RepeatAfter = TimeSpan.FromHours(1);

    // More than a run has attempts, as a rule.
    private const int LookedBack = 50;

    // Events may tell of one run more than once, and late.
    private const int Remembered = 10_000;

    private readonly SortedSet<string> _judged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Standing> _scripts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The runs that were under way when the host died, if it did.</summary>
    public async Task<IReadOnlyList<Alert>> LostAsync(CancellationToken cancellationToken)
    {
        var started = time.GetUtcNow() - TimeSpan.FromMilliseconds(host.GetStatus().UptimeMs);
        var lost = await host.GetRunsAsync(new RunQuery { State = RunState.Lost, Limit = 500 }, cancellationToken);
        var alerts = new List<Alert>();
        foreach (var run in lost.Items.Where(run => run.FinishedAt >= started))
        {
            alerts.AddRange(await LookAsync(run.Id, cancellationToken));
        }

        return alerts;
    }

    public async Task<IReadOnlyList<Alert>> LookAsync(string runId, CancellationToken cancellationToken)
    {
        var run = await host.GetRunAsync(runId, cancellationToken);
        if (!IsVerdict(run) || !_judged.Add(run.Id))
        {
            return [];
        }

        if (_judged.Count > Remembered)
        {
            // Ids sort by their time.
            _judged.Remove(_judged.Min!);
        }

        var isKnown = _scripts.TryGetValue(run.Script, out var standing);
        if (isKnown && run.State == RunState.Succeeded)
        {
            return Recovered(run, standing!);
        }

        var others = (await host.GetRunsAsync(new RunQuery { Script = run.Script, Limit = LookedBack }, cancellationToken)).Items
            .Where(other => other.Id != run.Id).ToList();
        if (!isKnown)
        {
            var before = others.FirstOrDefault(other => string.CompareOrdinal(other.Id, run.Id) < 0 && IsVerdict(other) && First(other) != First(run));
            var toldAt = memory.FailureOf(run.Script);
            standing = _scripts[run.Script] = new Standing { IsFailing = toldAt is not null || (before is not null && before.State != RunState.Succeeded), ToldAt = toldAt };
        }

        return run.State == RunState.Succeeded ? Recovered(run, standing!)
            : others.Any(other => First(other) == First(run) && other.Attempt > run.Attempt) ? []
            : Failed(run, standing!);
    }

    private IReadOnlyList<Alert> Recovered(RunInfo run, Standing standing)
    {
        if (!standing.IsFailing)
        {
            return [];
        }

        (standing.IsFailing, standing.ToldAt) = (false, null);
        memory.ForgetFailure(run.Script);
        return [new Alert(AlertKind.RunRecovered, run.Script, $"{run.Script} succeeds again.", "", $"runs/{run.Id}", run.FinishedAt!.Value)];
    }

    private IReadOnlyList<Alert> Failed(RunInfo run, Standing standing)
    {
        if (standing is { IsFailing: true, ToldAt: { } toldAt } && run.FinishedAt - toldAt < RepeatAfter)
        {
            return [];
        }

        (standing.IsFailing, standing.ToldAt) = (true, run.FinishedAt);
        memory.TellFailure(run.Script, run.FinishedAt!.Value);
        var what = run.State switch { RunState.TimedOut => "ran out of time", RunState.Lost => "was lost, because the host died", RunState.Cancelled => "failed, and its retry was cancelled", _ => "failed" };
        var tries = run.Attempt > 1 && run.State != RunState.Cancelled ? $" after {run.Attempt} attempts" : "";
        return
        [
            new Alert(
                AlertKind.RunFailed, run.Script, $"{run.Script} {what}{tries}.",
                $"{(run.Error is { } error ? $"{error.Type}: {error.Message}\n" : "")}Version {run.Version}, {(run.ScheduledFor is { } due ? $"due {due.UtcDateTime:u}" : $"asked for {run.QueuedAt.UtcDateTime:u}")}",
                $"runs/{run.Id}", run.FinishedAt!.Value),
        ];
    }

    // A run that was cancelled says nothing of its script; but when it was a retry, no more come, and the run before it had failed.
    private static bool IsVerdict(RunInfo run) =>
        run.State is RunState.Succeeded or RunState.Failed or RunState.TimedOut or RunState.Lost || run is { State: RunState.Cancelled, Attempt: > 1 };

    private static string First(RunInfo run) => run.FirstRun ?? run.Id;

    private sealed class Standing
    {
        public required bool IsFailing { get; set; }

        public DateTimeOffset? ToldAt { get; set; }
    }
}
