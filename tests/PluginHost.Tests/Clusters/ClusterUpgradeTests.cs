using System.Security.Cryptography;
using System.Text;
using PluginHost.Cluster;
using PluginHost.Cluster.Nodes;
using PluginHost.Cluster.Postgres;
using PluginHost.History;
using PluginHost.Running;

namespace PluginHost.Tests.Clusters;

/// <summary>The tables of a cluster as earlier versions of PluginHost left them, and nodes of two versions at once.</summary>
public sealed class ClusterUpgradeTests
{
    private readonly string _schema = $"test_{Guid.NewGuid():n}";

    private static IEnumerable<int> Steps => Enumerable.Range(1, PostgresSchema.Steps.Count);

    [TestCaseSource(nameof(Steps))]
    public async Task TablesOfAnEarlierStep_AreReadWhole_AndAreThenAsNewOnes(int step)
    {
        Migrate(PostgresSchema.Steps.Take(step), needed: 0);
        Fill();

        using var database = new PostgresDatabase(SharedPostgres.ConnectionString, _schema);

        var runs = new RunStore(database, SingleNode.Instance, TimeProvider.System);
        Assert.Multiple(() =>
        {
            Assert.That(runs.List(new RunQuery()).Items.Select(run => (run.Id, run.State)), Is.EqualTo(new[] { ("run2", RunState.Running), ("run1", RunState.Failed) }));
            Assert.That(runs.Find("run1")!.Error!.Message, Is.EqualTo("no floor"));
            Assert.That(new ScriptStateStore(database).IsPaused("shop.old"), Is.True);
            Assert.That(new OccurrenceStore(database).List(new OccurrenceQuery()).Items.Single().RunId, Is.EqualTo("run1"));
            Assert.That(new ScriptValueStore(database, TimeProvider.System).Find("Shop.Work", "cursor")?.Json, Is.EqualTo("7"));
            Assert.That(new PinStore(database).Find("Shop")?.By, Is.EqualTo("ada"));
            Assert.That(new ScheduleOverrideStore(database).Of("Shop.Work").Single().Request.Cron, Is.EqualTo("0 7 * * *"));
        });
        var again = await runs.AddAsync(runs.Find("run2")! with { Id = "run3" }, new RequestKey("key", "hash"), CancellationToken.None);
        Assert.That(again.Id, Is.EqualTo("run1"), "a key from then still answers the run from then");
        using var fresh = new PostgresDatabase(SharedPostgres.ConnectionString, $"{_schema}_new");
        Assert.That(TablesOf(database, _schema), Is.EqualTo(TablesOf(fresh, $"{_schema}_new")));
    }

    [Test]
    public void ANodeThatKnowsFewerSteps_IsStartedBesideNewerOnes_AndLeavesTheTablesAsTheyAre()
    {
        Migrate([.. PostgresSchema.Steps, "CREATE TABLE of_the_next_version (id text)"], needed: PostgresSchema.Needed);

        using var database = new PostgresDatabase(SharedPostgres.ConnectionString, _schema);

        database.WriteAsync(connection => { NodeStore.Register(connection, "old", "1", new NodeReport("0.1.0", 0, 0, 0, [])); return true; }, default).GetAwaiter().GetResult();
        Assert.That(database.Read(connection => connection.Query("SELECT version FROM schema_version", reader => reader.GetInt32(0))), Is.EqualTo(new[] { PostgresSchema.Steps.Count + 1 }));
        Assert.That(TablesOf(database, _schema), Has.Some.Contains("of_the_next_version"));
    }

    [Test]
    public void ANodeThatDoesNotKnowWhatIsNeeded_IsRefused_AndChangesNothing()
    {
        Migrate([.. PostgresSchema.Steps, "ALTER TABLE nodes DROP COLUMN draining"], needed: PostgresSchema.Steps.Count + 1);

        Assert.That(() => new PostgresDatabase(SharedPostgres.ConnectionString, _schema), Throws.TypeOf<ClusterException>().With.Message.Contains("newer version").And.Message.Contains(_schema));
    }

    /// <summary>Whoever changes a step that others have run leaves their tables behind. A new step is added to the end, and here.</summary>
    [Test]
    public void NoStep_IsChangedAfterwards()
    {
        string[] known = [
            "9c574a593e18c9e0", "62cf79d0b8ee0c74", "2680e67c746d5342", "7714ea2ac11042fe", "c28cfd1dbbbae747",
            "64bfcef7b19ca91d", "cf3b262507782abc",
        ];

        Assert.That(PostgresSchema.Steps.Take(known.Length).Select(step => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(step.ReplaceLineEndings("\n"))))[..16]), Is.EqualTo(known));
    }

    private void Migrate(IEnumerable<string> steps, int needed)
    {
        using var source = new PostgresSource(SharedPostgres.ConnectionString, _schema);
        using var connection = source.Open();
        PostgresSchema.Migrate(connection, _schema, [.. steps], needed);
    }

    private void Fill()
    {
        using var source = new PostgresSource(SharedPostgres.ConnectionString, _schema);
        using var connection = source.Open();
        connection.Run(
            """
            INSERT INTO runs (id, script, state, "trigger", document) VALUES
              ('run1', 'Shop.Work', 'Failed', 'Schedule', '{"id":"run1","script":"Shop.Work","plugin":"Shop","version":"v1","commit":"c1","trigger":"Schedule","scheduledFor":"2026-01-31T06:00:00+00:00","queuedAt":"2026-01-31T06:00:00+00:00","startedAt":"2026-01-31T06:00:00+00:00","finishedAt":"2026-01-31T06:00:01+00:00","state":"Failed","attempt":1,"error":{"type":"System.InvalidOperationException","message":"no floor","stackTrace":"at Work"},"node":"node"}'),
              ('run2', 'Shop.Work', 'Running', 'Manual', '{"id":"run2","script":"Shop.Work","plugin":"Shop","version":"v1","commit":"c1","trigger":"Manual","queuedAt":"2026-01-31T06:01:00+00:00","startedAt":"2026-01-31T06:01:00+00:00","state":"Running","attempt":1,"parameters":{"days":2},"requestedBy":"ada","node":"node"}');
            INSERT INTO idempotency_keys (script, key, run, created_at) VALUES ('Shop.Work', 'key', 'run1', 32503680000000);
            INSERT INTO paused_scripts (script) VALUES ('Shop.Old');
            INSERT INTO schedules (script, key, accounted_until) VALUES ('Shop.Work', '0 6 * * *|UTC', 1769839200000);
            INSERT INTO occurrences (script, key, due, until, count, outcome, late_ms, run) VALUES ('Shop.Work', '0 6 * * *|UTC', 1769839200000, 1769839200000, 1, 'Ran', 3, 'run1');
            INSERT INTO script_values (script, key, value, updated_at) VALUES ('Shop.Work', 'cursor', '7', 1769839200000);
            INSERT INTO pins (plugin, content_key, version, set_by, set_at) VALUES ('Shop', '0123456789abcdef', 'v1', 'ada', 1769839200000);
            INSERT INTO schedule_overrides (script, id, document) VALUES ('Shop.Work', 'x', '{"script":"Shop.Work","id":"x","request":{"cron":"0 7 * * *","requestedBy":"ada"},"setAt":"2026-01-31T06:00:00+00:00"}');
            """);
    }

    /// <summary>Every column and every index, without the name of the schema.</summary>
    private static List<string> TablesOf(HistoryDatabase database, string schema) => database.Read(connection => connection.Query(
        """
        SELECT replace(line, @schema || '.', '') FROM (
            SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(collation_name, '') || ' ' || coalesce(column_default, '') AS line
            FROM information_schema.columns WHERE table_schema = @schema
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = @schema) AS lines
        ORDER BY 1
        """,
        reader => reader.GetString(0),
        ("@schema", schema)));
}
