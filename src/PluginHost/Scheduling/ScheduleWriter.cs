using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Carries out what the scheduler decides, in the order of its decisions. The timer does not wait for the disk.</summary>
internal sealed partial class ScheduleWriter(
    RunService runs, ScheduleStore store, OccurrenceStore occurrences, HostEvents events, TimeProvider time, ILogger<ScheduleWriter> logger)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Channel<(string Script, Func<Task> Work)> _decisions =
        Channel.CreateUnbounded<(string, Func<Task>)>(new() { SingleReader = true });

    public void Account(ScheduleMark mark) => Account(mark.Script, [mark]);

    /// <summary>Accounts for schedules of one script.</summary>
    public void Account(string script, IReadOnlyList<ScheduleMark> marks) => Add(script, () => store.SetAsync(marks, CancellationToken.None));

    public void Forget(string script, string key) => Add(script, () => store.RemoveAsync(script, key, CancellationToken.None));

    public void Start(LiveScript script, ScheduleDescriptor schedule, OverlapPolicy overlap, DateTimeOffset due, RunTrigger trigger, ScheduleMark mark) =>
        Add(mark.Script, () => runs.StartScheduledAsync(script, overlap, due, trigger, mark, (JsonObject?)schedule.Parameters?.DeepClone()));

    /// <summary>Nothing runs for the times of a schedule after the one moment and before the other.</summary>
    public void Leave(ScheduleDescriptor schedule, DateTimeOffset after, DateTimeOffset before, OccurrenceOutcome outcome, string reason, ScheduleMark mark) =>
        Add(mark.Script, () => occurrences.AddAsync(Range(schedule, after, before, outcome, reason, mark), mark, CancellationToken.None));

    /// <summary>Tells who watches that the next times of a script have changed.</summary>
    public void Tell(string script) => Add(script, () => Task.CompletedTask);

    /// <summary>Nothing more is decided; <see cref="RunAsync"/> ends when all is carried out.</summary>
    public void Complete() => _decisions.Writer.TryComplete();

    /// <summary>Carries out one decision after the other, until there are no more.</summary>
    /// <param name="stopping">From then on, what fails is not tried again.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var (script, work) in _decisions.Reader.ReadAllAsync(CancellationToken.None))
            {
                await CarryOutAsync(script, work, stopping);
                events.Publish(HostEventKind.Script, script);
            }
        }
        catch (ConflictException)
        {
            // The host is stopping. Neither this time nor those after it are marked, so they are caught up after the next start.
        }
    }

    /// <summary>A decision that fails is tried again, and none overtakes it: a later time must not be marked while an earlier one is lost.</summary>
    /// <exception cref="ConflictException">The host is stopping.</exception>
    private async Task CarryOutAsync(string script, Func<Task> work, CancellationToken stopping)
    {
        for (var pause = FirstRetry; ; pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception failure) when (failure is not ConflictException)
            {
                LogFailed(failure, script, pause);
            }

            try
            {
                await Task.Delay(pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                throw new ConflictException("The host is stopping.");
            }
        }
    }

    // Counted here and not where it is decided: years of an every-second schedule take seconds.
    private static OccurrenceInfo? Range(
        ScheduleDescriptor schedule, DateTimeOffset after, DateTimeOffset before, OccurrenceOutcome outcome, string reason, ScheduleMark mark)
    {
        if (schedule.NextAfter(after) is not { } first || first >= before)
        {
            return null;
        }

        var (last, count) = (first, 1L);
        for (; schedule.NextAfter(last) is { } next && next < before; count++)
        {
            last = next;
        }

        return new OccurrenceInfo { Script = mark.Script, Schedule = mark.Key, Due = first, Until = last, Count = count, Outcome = outcome, Reason = reason };
    }

    private void Add(string script, Func<Task> work) => _decisions.Writer.TryWrite((script, work));

    [LoggerMessage(EventId = 602, Level = LogLevel.Error, Message = "A scheduled time of script '{ScriptId}' could not be stored, so its run has not started; it is tried again in {Pause}, and the times after it wait. Look at the data directory: is its disk full, or read-only?")]
    private partial void LogFailed(Exception failure, string scriptId, TimeSpan pause);
}
