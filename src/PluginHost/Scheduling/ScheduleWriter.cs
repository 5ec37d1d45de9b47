using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Scheduling;

/// <summary>Carries out what the scheduler decides, of each schedule in the order of the decisions. The timer does not wait for the disk.</summary>
internal sealed partial class ScheduleWriter(
    RunService runs, ScheduleStore store, OccurrenceStore occurrences, HostEvents events, TimeProvider time, ILogger<ScheduleWriter> logger)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Decisions _decisions = new();

    public void Account(ScheduleMark mark) => Account(mark.Script, [mark]);

    /// <summary>Accounts for schedules of one script.</summary>
    public void Account(string script, IReadOnlyList<ScheduleMark> marks) => Add(script, null, () => store.SetAsync(marks, CancellationToken.None));

    public void Forget(string script, string key) => Add(script, key, () => store.RemoveAsync(script, key, CancellationToken.None));

    public void Start(LiveScript script, ScheduleEntry entry, OverlapPolicy overlap, DateTimeOffset due, RunTrigger trigger, ScheduleMark mark)
    {
        var parameters = entry.Schedule.Parameters;
        Add(mark.Script, mark.Key, () =>
        {
            // Also false when this is tried again: it may have been stored although it failed.
            var newest = entry.Newest ?? occurrences.Newest(mark.Script, mark.Key) ?? DateTimeOffset.MinValue;
            entry.Newest = due > newest ? due : newest;
            return runs.StartScheduledAsync(script, overlap, due, trigger, mark, isNewest: due > newest, (JsonObject?)parameters?.DeepClone());
        });
    }

    /// <summary>Nothing runs for the times of a schedule after the one moment and before the other.</summary>
    public void Leave(ScheduleEntry entry, DateTimeOffset after, DateTimeOffset before, OccurrenceOutcome outcome, string reason, ScheduleMark mark)
    {
        var schedule = entry.Schedule;
        Add(mark.Script, mark.Key, () =>
        {
            // Which of them is the latest is asked when it matters. And they are counted here and not where it is decided:
            // years of an every-second schedule take seconds.
            entry.Newest = null;
            return occurrences.AddAsync(MissedOccurrences.Left(mark.Script, schedule, after, before, outcome, reason), mark, CancellationToken.None);
        });
    }

    /// <summary>Tells who watches that the next times of a script have changed.</summary>
    public void Tell(string script) => Add(script, null, () => Task.CompletedTask);

    /// <summary>Nothing more is decided; <see cref="RunAsync"/> ends when all is carried out.</summary>
    public void Complete() => _decisions.Complete();

    /// <summary>Carries out the decisions, until there are no more. Those that do not depend on each other share the one wait for the disk.</summary>
    /// <param name="stopping">From then on, what fails is not tried again.</param>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (await _decisions.TakeAsync() is { Count: > 0 } together)
            {
                await CarryOutAsync(together, stopping);
                foreach (var script in together.Select(decision => decision.Script).Distinct(StringComparer.OrdinalIgnoreCase))
                {
                    events.Publish(HostEventKind.Script, script);
                }
            }
        }
        catch (ConflictException)
        {
            // The host is stopping. Neither this time nor those after it are marked, so they are caught up after the next start.
        }
    }

    private async Task CarryOutAsync(IReadOnlyList<Decision> together, CancellationToken stopping)
    {
        var begun = together.Select(decision => TryAsync(decision)).ToList();
        foreach (var (decision, first) in together.Zip(await Task.WhenAll(begun)))
        {
            if (first is not null)
            {
                await TryAgainAsync(decision, first, stopping);
            }
        }
    }

    /// <summary>A decision that fails is tried again, and none overtakes it: a later time must not be marked while an earlier one is lost.</summary>
    /// <exception cref="ConflictException">The host is stopping.</exception>
    private async Task TryAgainAsync(Decision decision, Exception failure, CancellationToken stopping)
    {
        Exception? last = failure;
        for (var pause = FirstRetry; last is not null; pause = pause * 2 < LongestRetry ? pause * 2 : LongestRetry)
        {
            if (last is ConflictException)
            {
                throw last;
            }

            LogFailed(last, decision.Script, pause);
            try
            {
                await Task.Delay(pause, time, stopping);
            }
            catch (OperationCanceledException)
            {
                throw new ConflictException("The host is stopping.");
            }

            last = await TryAsync(decision);
        }
    }

    /// <returns>Why it failed, or null.</returns>
    private static async Task<Exception?> TryAsync(Decision decision)
    {
        try
        {
            await decision.CarryOut();
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    private void Add(string script, string? key, Func<Task> carryOut) => _decisions.Add(new Decision(script, key, carryOut));

    [LoggerMessage(EventId = 602, Level = LogLevel.Error, Message = "A scheduled time of script '{ScriptId}' could not be stored, so its run has not started; it is tried again in {Pause}, and the times after it wait. Look at the data directory: is its disk full, or read-only?")]
    private partial void LogFailed(Exception failure, string scriptId, TimeSpan pause);
}
