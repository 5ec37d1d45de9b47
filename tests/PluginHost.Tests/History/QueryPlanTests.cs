using System.Text.RegularExpressions;
using PluginHost.History.Sqlite;
using PluginHost.History;
using PluginHost.Running;
using PluginHost.TestInfra;
using SQLitePCL;

namespace PluginHost.Tests.History;

/// <summary>How SQLite goes about the statements, of which it decides in an empty history as in one of ten million runs.</summary>
public sealed class QueryPlanTests
{
    private static readonly string?[] Scripts = [null, "A.Work"];
    private static readonly DateTimeOffset?[] Moments = [null, new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)];

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
        _database = new SqliteDatabase(_directory.Combine("history.db"));
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

    [Test]
    public async Task NothingThatIsDoneForARun_OrAtAStart_ReadsAWholeTable()
    {
        var now = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var runs = new RunStore(_database, SingleNode.Instance, TimeProvider.System);
        var deployments = new DeploymentStore(_database);
        var occurrences = new OccurrenceStore(_database);
        var mark = new ScheduleMark("A.Work", "key", now);
        var statements = new HashSet<string>();
        _database.Read(Observe);
        await _database.WriteAsync(Observe, default);
        for (var i = 0; i < 3; i++)
        {
            var run = new RunInfo
            {
                Id = $"{i}", Script = "A.Work", Plugin = "A", Trigger = RunTrigger.Schedule, QueuedAt = now, ScheduledFor = now, State = RunState.Queued, Attempt = 1, Node = "node",
            };
            var occurrence = new OccurrenceInfo
            {
                Script = "A.Work", Schedule = "key", Due = now.AddHours(i), Until = now.AddHours(i), Count = 1, Outcome = OccurrenceOutcome.Pending, RunId = run.Id,
            };
            await runs.AddScheduledAsync(run, occurrence, mark, false, default);
            await runs.AddAsync(run with { Id = $"{i}." }, new RequestKey($"{i}", ""), default);
            await runs.SaveAsync(run with { State = RunState.Running, StartedAt = now }, default);
            await occurrences.AddAsync(occurrence with { Due = now.AddHours(-i), Until = now.AddHours(-i), RunId = null, Outcome = OccurrenceOutcome.Missed, Reason = "" }, mark, default);
            await deployments.SaveAsync(
                new DeploymentInfo
                {
                    Id = $"{i}", Source = "default", Commit = "c", Author = "Ada", Message = "", Trigger = DeploymentTrigger.Poll, State = DeploymentState.Running, SeenAt = now, Stages = [],
                },
                default);
        }

        await deployments.EndInterruptedAsync("The host died.", default);
        await runs.RecoverAsync(null, (_, _) => { }, _ => null, default);
        deployments.FindNewest("default");
        deployments.List(1, "1");
        runs.Last(new Dictionary<string, RunInfo>());
        occurrences.Spans("A.Work", now);
        await new HistorySweep(_database).SweepAsync(now.AddHours(1), 1, default);

        await _database.WriteAsync(_ => true, default);

        var steps = statements.ToList().Where(sql => sql.Contains(" runs ", StringComparison.Ordinal) || sql.Contains("occurrences", StringComparison.Ordinal)
            || sql.Contains("deployments", StringComparison.Ordinal) || sql.Contains("idempotency_keys", StringComparison.Ordinal)).SelectMany(Plan).ToList();
        Assert.That(steps, Has.Some.StartsWith("SEARCH runs").And.Some.StartsWith("SEARCH occurrences").And.Some.StartsWith("SEARCH deployments").And.Some.StartsWith("SEARCH idempotency_keys"));

        // That index holds nothing but those that are asked for.
        Assert.That(steps, Has.None.Matches("^SCAN (runs|occurrences|deployments|idempotency_keys)(?! USING INDEX running_deployments)"));

        bool Observe(HistoryConnection connection)
        {
            raw.sqlite3_profile(((SqliteHistoryConnection)connection).Handle, (_, sql, _) => statements.Add(sql), null);
            return true;
        }
    }

    [Test]
    public void NoList_ReadsWhatItDoesNotShow_OrSortsIt() => Assert.Multiple(() =>
    {
        foreach (var query in new AuditQuery[] { new(), new() { Who = "a" }, new() { Action = AuditAction.SignIn }, new() { Who = "a", Action = AuditAction.SignIn } })
        {
            var plan = Plan(AuditStore.Sql(query));
            Assert.That(plan, Has.All.StartsWith("SEARCH audit USING").And.All.Match("(id|rowid)<\\?"), $"{query}");
        }
    });

    private static IEnumerable<T?> OrAny<T>()
        where T : struct, Enum => [null, .. Enum.GetValues<T>()];

    private List<string> Plan(string sql) => _database.Read(connection => connection.Query(
        "EXPLAIN QUERY PLAN " + sql,
        reader => reader.GetString(3),
        [.. Regex.Matches(sql, "@[a-z]+").Select(match => match.Value).Distinct().Select(name => (name, (object?)1))]));
}
