using PluginHost.History;

namespace PluginHost.Tests.History;

/// <summary>Whatever index is used: a list has what was asked for, in its order, on however many pages.</summary>
public sealed class ListsTests(DatabaseKind kind) : OnEachDatabase(kind)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);


    [Test]
    public async Task OfRuns_EveryFilter_LetsThroughWhatItSays()
    {
        var store = new RunStore(Database, TimeProvider.System);
        var all =
            from i in Enumerable.Range(0, 2)
            from script in new[] { "A.Work", "B.Work" }
            from state in Enum.GetValues<RunState>()
            from trigger in Enum.GetValues<RunTrigger>()
            select Run($"{i}{state}{trigger}{script}", script, state, trigger);
        var runs = all.OrderByDescending(run => run.Id, StringComparer.Ordinal).ToList();
        await Task.WhenAll(runs.Select(run => store.AddAsync(run, null, default)));

        Assert.Multiple(() =>
        {
            foreach (var query in QueryPlanTests.RunQueries.Where(query => query.After is null))
            {
                var expected = runs.Where(run =>
                    (query.Script ?? run.Script) == run.Script && (query.State ?? run.State) == run.State && (query.Trigger ?? run.Trigger) == run.Trigger);
                Assert.That(Pages(after => store.List(query with { After = after, Limit = 7 })).Select(run => run.Id), Is.EqualTo(expected.Select(run => run.Id)), $"{query}");
            }
        });
        Assert.That(store.List(new RunQuery { Script = "a.WORK", State = RunState.Failed }).Items, Is.Not.Empty, "ids of scripts are compared without case");
    }

    [Test]
    public async Task OfOccurrences_EveryFilter_LetsThroughWhatItSays()
    {
        var store = new OccurrenceStore(Database);
        var all =
            from hour in Enumerable.Range(-3, 6)
            from script in new[] { "A.Work", "B.Work" }
            from outcome in Enum.GetValues<OccurrenceOutcome>()
            from reach in new[] { 0, 2 }
            select new OccurrenceInfo
            {
                Script = script, Schedule = $"{outcome}{reach}", Due = Noon.AddHours(hour), Until = Noon.AddHours(hour + reach), Count = 1 + reach, Outcome = outcome,
            };
        var rows = all.ToList();
        await Database.WriteAsync(connection => rows.TrueForAll(row => OccurrenceStore.Add(connection, row)), default);
        rows.Reverse();

        Assert.Multiple(() =>
        {
            foreach (var query in QueryPlanTests.OccurrenceQueries.Where(query => query.After is null))
            {
                var expected = rows.Where(row =>
                    (query.Script ?? row.Script) == row.Script && (query.Outcome ?? row.Outcome) == row.Outcome && !(row.Until < query.From) && !(row.Due >= query.To));
                Assert.That(Pages(after => store.List(query with { After = after, Limit = 7 })), Is.EqualTo(expected), $"{query}");
            }
        });
    }

    private static List<T> Pages<T>(Func<string?, Page<T>> list)
    {
        var items = new List<T>();
        string? after = null;
        do
        {
            var page = list(after);
            items.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return items;
    }

    private static RunInfo Run(string id, string script, RunState state, RunTrigger trigger) => new()
    {
        Id = id, Script = script, Plugin = "A", Trigger = trigger, QueuedAt = Noon, State = state, Attempt = 1, Node = "node",
    };
}
