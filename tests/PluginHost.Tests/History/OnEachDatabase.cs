using PluginHost.Cluster.Postgres;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.TestInfra;

namespace PluginHost.Tests.History;

/// <summary>A database that a history can be kept in.</summary>
public enum DatabaseKind
{
    Sqlite,

    /// <summary>As the host has it.</summary>
    SqliteWithJournal,

    Postgres,
}

/// <summary>What must hold of the stores whatever they are kept in: each test runs on each database, on an empty history.</summary>
[TestFixture(DatabaseKind.Sqlite)]
[TestFixture(DatabaseKind.SqliteWithJournal)]
[TestFixture(DatabaseKind.Postgres)]
public abstract class OnEachDatabase(DatabaseKind kind)
{
    private readonly string _schema = $"test_{Guid.NewGuid():n}";
    private TestDirectory? _directory;

    internal HistoryDatabase Database { get; private set; } = null!;

    [SetUp]
    public void OpenDatabase()
    {
        _directory = new TestDirectory();
        Database = kind == DatabaseKind.SqliteWithJournal ? new SqliteDatabase(_directory.Combine("history.db"), hasJournal: true) : OpenAgain();
    }

    [TearDown]
    public void CloseDatabase()
    {
        Database?.Dispose();
        _directory?.Dispose();
    }

    /// <summary>The same history, as another process has it.</summary>
    internal HistoryDatabase OpenAgain() => kind == DatabaseKind.Postgres
        ? new PostgresDatabase(SharedPostgres.ConnectionString, _schema)
        : new SqliteDatabase(_directory!.Combine("history.db"));
}
