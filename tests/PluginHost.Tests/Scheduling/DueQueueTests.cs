using Cronos;
using PluginHost.Scheduling;
using PluginHost.Scripts;

namespace PluginHost.Tests.Scheduling;

public sealed class DueQueueTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ScheduleDescriptor Daily = new(
        "key", "@daily", CronExpression.Daily, TimeZoneInfo.Utc, OverlapPolicy.Skip, CatchUpPolicy.Latest, TimeSpan.FromHours(1), TimeSpan.Zero);

    [Test]
    public void WhateverIsPlacedMovedAndRemoved_TheFirstIsTheOneDueFirst([Values(1, 2, 3)] int seed)
    {
        var random = new Random(seed);
        var queue = new DueQueue();
        var entries = Enumerable.Range(0, 200).Select(i => new ScheduleEntry("s", Daily, Noon, i)).ToList();
        var placed = new HashSet<ScheduleEntry>();
        for (var i = 0; i < 20_000; i++)
        {
            var entry = entries[random.Next(entries.Count)];
            if (random.Next(3) == 0)
            {
                queue.Remove(entry);
                placed.Remove(entry);
            }
            else
            {
                entry.Due = Noon.AddSeconds(random.Next(50));
                queue.Place(entry);
                placed.Add(entry);
            }

            Assert.That(queue.First, Is.SameAs(placed.OrderBy(candidate => candidate.Due).ThenBy(candidate => candidate.Sequence).FirstOrDefault()), $"seed {seed}, step {i}");
        }
    }
}
