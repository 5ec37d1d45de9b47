using PluginHost.Scripts;

namespace PluginHost.Checking;

/// <summary>Compares when scripts run by their schedules of before and of now.</summary>
internal static class TimeComparison
{
    // A time and one that takes its place are not further apart; beyond that it is one less and one more.
    private static readonly TimeSpan FurthestMove = TimeSpan.FromHours(24);

    /// <summary>The scripts whose times differ between the two moments, by id.</summary>
    public static IReadOnlyList<ScriptTimeChange> Compare(
        IReadOnlyDictionary<string, IReadOnlyList<ScheduleDescriptor>> before,
        IReadOnlyDictionary<string, IReadOnlyList<ScheduleDescriptor>> now,
        DateTimeOffset from,
        DateTimeOffset to) =>
    [
        .. before.Keys.Union(now.Keys, StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.OrdinalIgnoreCase)
            .Select(script => Compare(script, Times(before, script, from, to), Times(now, script, from, to)))
            .Where(change => change.Added.Count + change.Moved.Count + change.Removed.Count > 0),
    ];

    private static SortedSet<DateTimeOffset> Times(
        IReadOnlyDictionary<string, IReadOnlyList<ScheduleDescriptor>> schedules, string script, DateTimeOffset from, DateTimeOffset to) =>
        [.. schedules.GetValueOrDefault(script, []).SelectMany(schedule => schedule.TimesFrom(schedule.NextAfter(from)).TakeWhile(time => time <= to))];

    private static ScriptTimeChange Compare(string script, SortedSet<DateTimeOffset> before, SortedSet<DateTimeOffset> now)
    {
        var gone = new Queue<DateTimeOffset>(before.Except(now));
        var (added, moved, removed) = (new List<DateTimeOffset>(), new List<MovedTime>(), new List<DateTimeOffset>());
        foreach (var time in now.Except(before))
        {
            while (gone.TryPeek(out var earlier) && earlier < time - FurthestMove)
            {
                removed.Add(gone.Dequeue());
            }

            if (gone.TryPeek(out var old) && old < time + FurthestMove)
            {
                moved.Add(new MovedTime(gone.Dequeue(), time));
            }
            else
            {
                added.Add(time);
            }
        }

        return new ScriptTimeChange(script, added, moved, [.. removed, .. gone]);
    }
}
