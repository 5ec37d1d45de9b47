namespace PluginHost.History.Journal;

/// <summary>What a run is from now on, as the journal keeps it until the database has it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Row">The same, as it is written.</param>
/// <param name="IsNew">Whether it was not there before.</param>
/// <param name="Mark">Of a new run of a schedule: up to where that is accounted for; else null.</param>
internal sealed record JournaledRun(RunInfo Run, RunRow Row, bool IsNew, ScheduleMark? Mark)
{
    /// <summary>A run that is new, for a schedule or for none.</summary>
    public static JournaledRun New(RunInfo run, ScheduleMark? mark) => new(run, RunRow.Of(run), true, mark);

    /// <summary>What has become of a run.</summary>
    public static JournaledRun Of(RunInfo run) => new(run, RunRow.Of(run), false, null);

    /// <summary>What it is for, when it is new and for a schedule.</summary>
    public OccurrenceInfo? Occurrence => Mark is null ? null : new OccurrenceInfo
    {
        Script = Mark.Script, Schedule = Mark.Key, Due = Run.ScheduledFor!.Value, Until = Run.ScheduledFor.Value, Count = 1, Outcome = OccurrenceOutcome.Pending, RunId = Run.Id,
    };

    /// <summary>Whether a run is never again what it was before.</summary>
    public bool IsFurtherThan(JournaledRun other) => Stage >= other.Stage;

    private int Stage => Run.State switch { RunState.Queued => 0, RunState.Running => 1, _ => 2 };
}
