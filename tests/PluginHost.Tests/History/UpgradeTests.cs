using System.Security.Cryptography;
using System.Text;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.TestInfra;

namespace PluginHost.Tests.History;

/// <summary>Histories as earlier versions of PluginHost left them are taken over, whichever step they stand at.</summary>
public sealed class UpgradeTests
{
    private TestDirectory _directory = null!;

    private static IEnumerable<int> Steps => Enumerable.Range(1, SqliteSchema.Steps.Count);

    private string File => _directory.Combine("history.db");

    [SetUp]
    public void MakeFolder() => _directory = new TestDirectory();

    [TearDown]
    public void DeleteFolder() => _directory.Dispose();

    [TestCaseSource(nameof(Steps))]
    public async Task AHistoryOfAnEarlierStep_IsReadWhole_AndGoesOn(int step)
    {
        WriteAsOf(step);

        using var database = new SqliteDatabase(File);

        var runs = new RunStore(database, SingleNodeForTests, TimeProvider.System);
        Assert.Multiple(() =>
        {
            Assert.That(runs.List(new RunQuery()).Items.Select(run => (run.Id, run.State)), Is.EqualTo(new[] { ("run3", RunState.Queued), ("run2", RunState.Running), ("run1", RunState.Failed) }));
            Assert.That(runs.Find("run1")!.Error!.Message, Is.EqualTo("no floor"));
            Assert.That(runs.List(new RunQuery { Trigger = RunTrigger.Schedule }).Items.Single().ScheduledFor, Is.EqualTo(DateTimeOffset.Parse("2026-01-31T06:00:00Z", null)));
            Assert.That(new DeploymentStore(database).List(10, null).Items.Single().Plugins.Single().Outcome, Is.EqualTo(PluginOutcomeKind.Built));
            Assert.That(new LivePluginStore(database).GetAll().Single().ContentKey, Is.EqualTo("0123456789abcdef"));
            Assert.That(new ScriptStateStore(database).IsPaused("shop.old"), Is.True);
            Assert.That(new ScheduleStore(database).GetAll().Single().Key, Is.EqualTo("0 6 * * *|UTC"));
            Assert.That(new OccurrenceStore(database).List(new OccurrenceQuery()).Items.Select(row => row.RunId), Is.EqualTo(step >= 2 ? new[] { "run1" } : []));
            Assert.That(new ScriptValueStore(database, TimeProvider.System).Find("Shop.Work", "cursor")?.Json, Is.EqualTo(step >= 3 ? "7" : null));
            Assert.That(new PinStore(database).Find("Shop")?.By, Is.EqualTo(step >= 4 ? "ada" : null));
            Assert.That(new ScheduleOverrideStore(database).Of("Shop.Work").Select(row => row.Request.Cron), Is.EqualTo(step >= 7 ? new[] { "0 7 * * *" } : []));
            Assert.That(new AccessKeyStore(database, TimeProvider.System).List().Select(key => key.Role), Is.EqualTo(step >= 8 ? new[] { AccessRole.Admin } : []));
            Assert.That(new CrashStore(database).Find("Shop.Work", "v1")?.Crashes, Is.EqualTo(step >= 9 ? 3 : null));
        });

        // A key from then still answers the run from then; what was under way ends, and what waited is taken up.
        var again = await runs.AddAsync(runs.Find("run3")! with { Id = "run4" }, new RequestKey("key", "hash"), CancellationToken.None);
        var (lost, waiting) = await runs.RecoverAsync(null, (_, _) => { }, _ => null, CancellationToken.None);
        Assert.That((again.Id, lost.Single().Id, waiting.Single().Id), Is.EqualTo(("run1", "run2", "run3")));
    }

    [TestCaseSource(nameof(Steps))]
    public void AHistoryOfAnEarlierStep_HasTheSameTablesThen_AsANewOne(int step)
    {
        WriteAsOf(step);
        using var upgraded = new SqliteDatabase(File);
        using var fresh = new SqliteDatabase(_directory.Combine("new.db"));

        Assert.That(Tables(upgraded), Is.EqualTo(Tables(fresh)));
    }

    /// <summary>Whoever changes a step that others have run leaves their histories behind. A new step is added to the end, and here.</summary>
    [Test]
    public void NoStep_IsChangedAfterwards()
    {
        string[] known = [
            "da6ed1c6bfa72a3c", "c9b6dca165db0985", "ae921f570b2d6963", "0770806fd625c463", "050e9b497cfe5a0f",
            "add303026b7a7469", "509ffacf649e533b", "39187c25ab59c8ca", "c755799a474294f0", "35d71a0b3505349f", "253acad5d306adc5",
        ];

        Assert.That(SqliteSchema.Steps.Take(known.Length).Select(step => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(step.ReplaceLineEndings("\n"))))[..16]), Is.EqualTo(known));
    }

    private static IRunPlacement SingleNodeForTests => PluginHost.Running.SingleNode.Instance;

    private static List<string> Tables(HistoryDatabase database) =>
        database.Read(connection => connection.Query("SELECT name || ': ' || coalesce(sql, '') FROM sqlite_master ORDER BY name", reader => reader.GetString(0)));

    /// <summary>A history as the version that knew so many steps wrote it: each table's rows as they were when it came.</summary>
    private void WriteAsOf(int step)
    {
        using var connection = SqliteHistoryConnection.Open($"Data Source={File};Pooling=False");
        connection.Run("PRAGMA journal_mode = WAL");
        for (var i = 0; i < step; i++)
        {
            connection.Run(SqliteSchema.Steps[i]);
            if (Rows.TryGetValue(i + 1, out var rows))
            {
                connection.Run(rows);
            }

            connection.Run($"PRAGMA user_version = {i + 1}");
        }
    }

    // The documents are those of then: without what was added to runs, deployments and plugins since.
    private static readonly Dictionary<int, string> Rows = new()
    {
        [1] = """
            INSERT INTO runs (id, script, state, "trigger", document) VALUES
              ('run1', 'Shop.Work', 'Failed', 'Schedule', '{"id":"run1","script":"Shop.Work","plugin":"Shop","version":"v1","commit":"c1","trigger":"Schedule","scheduledFor":"2026-01-31T06:00:00+00:00","queuedAt":"2026-01-31T06:00:00+00:00","startedAt":"2026-01-31T06:00:00+00:00","finishedAt":"2026-01-31T06:00:01+00:00","state":"Failed","attempt":1,"error":{"type":"System.InvalidOperationException","message":"no floor","stackTrace":"at Work"},"node":"node"}'),
              ('run2', 'Shop.Work', 'Running', 'Manual', '{"id":"run2","script":"Shop.Work","plugin":"Shop","version":"v1","commit":"c1","trigger":"Manual","queuedAt":"2026-01-31T06:01:00+00:00","startedAt":"2026-01-31T06:01:00+00:00","state":"Running","attempt":1,"parameters":{"days":2},"progress":{"fraction":0.5},"requestedBy":"ada","node":"node"}'),
              ('run3', 'Shop.Work', 'Queued', 'Manual', '{"id":"run3","script":"Shop.Work","plugin":"Shop","trigger":"Manual","queuedAt":"2026-01-31T06:02:00+00:00","state":"Queued","attempt":1,"node":"node"}');
            INSERT INTO idempotency_keys (script, key, run, created_at) VALUES ('Shop.Work', 'key', 'run1', 32503680000000);
            INSERT INTO deployments (id, source, document) VALUES ('d1', 'default', '{"id":"d1","source":"default","commit":"c1","author":"Ada","message":"First","trigger":"Startup","state":"Succeeded","seenAt":"2026-01-31T05:00:00+00:00","liveAt":"2026-01-31T05:00:02+00:00","stages":[{"name":"fetch","startedAt":"2026-01-31T05:00:00+00:00","durationMs":12}],"plugins":[{"plugin":"Shop","outcome":"Built","version":"v1","reason":"new"}]}');
            INSERT INTO live_plugins (plugin, document) VALUES ('Shop', '{"pluginId":"Shop","source":"default","contentKey":"0123456789abcdef","commit":"c1","since":"2026-01-31T05:00:02+00:00"}');
            INSERT INTO paused_scripts (script) VALUES ('Shop.Old');
            INSERT INTO schedules (script, key, accounted_until) VALUES ('Shop.Work', '0 6 * * *|UTC', 1769839200000);
            """,
        [2] = "INSERT INTO occurrences (script, key, due, until, count, outcome, late_ms, run) VALUES ('Shop.Work', '0 6 * * *|UTC', 1769839200000, 1769839200000, 1, 'Ran', 3, 'run1');",
        [3] = "INSERT INTO script_values (script, key, value, updated_at) VALUES ('Shop.Work', 'cursor', '7', 1769839200000);",
        [4] = "INSERT INTO pins (plugin, content_key, version, set_by, set_at) VALUES ('Shop', '0123456789abcdef', 'v1', 'ada', 1769839200000);",
        [7] = """INSERT INTO schedule_overrides (script, id, document) VALUES ('Shop.Work', 'x', '{"script":"Shop.Work","id":"x","request":{"cron":"0 7 * * *","requestedBy":"ada"},"setAt":"2026-01-31T06:00:00+00:00"}');""",
        [8] = "INSERT INTO access_keys (name, hash, role, created_at) VALUES ('ada', 'hash', 'Admin', 1769839200000);",
        [9] = "INSERT INTO quarantines (script, version, since, crashes, reason) VALUES ('Shop.Work', 'v1', 1769839200000, 3, 'It was under way.');",
    };
}
