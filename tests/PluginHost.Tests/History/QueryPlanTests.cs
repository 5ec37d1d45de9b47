using PluginHost.History;
using PluginHost.TestInfra;

namespace PluginHost.Tests.History;

/// <summary>How SQLite goes about the statements, of which it decides in an empty history as in one of ten million runs.</summary>
public sealed class QueryPlanTests
{
    private static readonly string?[] Scripts = [null, "A.Work"];
    private static readonly DateTimeOffset?[] Moments = [null, new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)];

    private TestDirectory _directory = null!;
    private HistoryDatabase _database = null!;

    public static IEnumerable<RunQuery> RunQueries =>
        from script in Scripts
        from state in OrAny<RunState>()
        from trigger in OrAny<RunTrigger>()
        from after in new[] { null, "1" }
        select new RunQuery { Script = script, State = state, Trigger = trigger, After = after };

    public static IEnumerable<OccurrenceQuery> OccurrenceQueries =>
        from script in Scripts
        from outcome in OrAny<OccurrenceOutcome>()
        from start in Moments
        from end in Moments
        from after in new[] { null, "1.1" }
        select new OccurrenceQuery { Script = script, Outcome = outcome, From = start, To = end, After = after };

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _database = new HistoryDatabase(_directory.Combine("history.db"));
    }

    [TearDown]
    public void TearDown()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void NoListOfRuns_ReadsThoseItDoesNotShow_OrSortsThem() => Assert.Multiple(() =>
    {
        foreach (var query in RunQueries)
        {
            // Without any filter the newest are at the end of the table itself.
            var plan = Plan(RunListing.Sql(query));
            var isWhole = query is { Script: null, State: null, Trigger: null, After: null };
            Assert.That(plan, Has.None.Contains("USE TEMP B-TREE"), $"{query}");
            Assert.That(plan, isWhole ? Is.EqualTo(new[] { "SCAN runs" }) : Has.All.StartsWith("SEARCH runs USING"), $"{query}");
            Assert.That(plan, query.After is null ? Has.None.Contains("id<?") : Has.All.Contains("id<?"), $"the page after {query}");
        }
    });

    [Test]
    public void NoListOfOccurrences_ReadsThoseItDoesNotShow_OrSortsThem() => Assert.Multiple(() =>
    {
        foreach (var query in OccurrenceQueries)
        {
            var plan = Plan(OccurrenceListing.Sql(query)).Where(step => step.Contains("occurrences", StringComparison.Ordinal) || step.StartsWith("USE", StringComparison.Ordinal)).ToList();
            Assert.That(plan, Has.None.StartsWith("SCAN"), $"{query}");
            Assert.That(plan[0], Does.Contain("due<?"), $"the page after {query}");

            // Only what begins before the time asked for and reaches into it is sorted.
            var reaching = plan.FindIndex(step => step.Contains("occurrences_of_several", StringComparison.Ordinal));
            Assert.That(reaching >= 0, Is.EqualTo(query.From is not null), $"{query}");
            Assert.That(plan.FindIndex(step => step.StartsWith("USE TEMP", StringComparison.Ordinal)), Is.EqualTo(reaching < 0 ? -1 : reaching + 1), $"{query}");
        }
    });

    [Test]
    public void TheScriptsThatHaveRuns_AreFound_WithoutTheRuns() => Assert.Multiple(() =>
    {
        var plan = Plan($"{RunListing.Scripts} SELECT script FROM scripts");
        Assert.That(plan.Where(step => step.Contains("runs", StringComparison.Ordinal)), Has.All.StartsWith("SEARCH runs USING COVERING INDEX runs_by_script"), string.Join('\n', plan));
    });

    private static IEnumerable<T?> OrAny<T>()
        where T : struct, Enum => [null, .. Enum.GetValues<T>()];

    private List<string> Plan(string sql) => _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        foreach (var name in new[] { "$script", "$after", "$from", "$due", "$id", "$limit" })
        {
            command.Parameters.AddWithValue(name, 1);
        }

        using var reader = command.ExecuteReader();
        var plan = new List<string>();
        while (reader.Read())
        {
            plan.Add(reader.GetString(3));
        }

        return plan;
    });
}
