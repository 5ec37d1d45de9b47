using PluginHost.History;
using PluginHost.History.Journal;
using PluginHost.History.Sqlite;
using PluginHost.Running;
using PluginHost.TestInfra;

namespace PluginHost.Tests.History;

/// <summary>A history with its journal of runs, and what a crash leaves of both.</summary>
public abstract class RunJournalTestBase
{
    private TestDirectory _directory = null!;
    private SqliteDatabase _database = null!;

    private protected SqliteDatabase Database => _database;

    private protected string File => Combine("history.db");

    /// <summary>What the crash has left: see <see cref="Crash"/>.</summary>
    private protected string Crashed => Combine("crashed", "history.db");

    private protected RunStore Runs => new(_database, SingleNode.Instance, TimeProvider.System);

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _database = new SqliteDatabase(File, hasJournal: true);
    }

    [TearDown]
    public void TearDown()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    private protected string Combine(params string[] parts) => _directory.Combine(parts);

    private protected Task<RunInfo?> AddAsync(string id, int second = 0, RunState state = RunState.Running) => StoredRuns.AddAsync(Runs, id, second, state);

    /// <summary>As a process that dies now leaves the files.</summary>
    private protected void Crash(bool withJournal = true) =>
        Keep(Directory.GetFiles(_directory.Path, "history.db*").Where(file => withJournal || !file.Contains("-runs", StringComparison.Ordinal)));

    /// <summary>What the files of the journal hold now is what they hold after the crash.</summary>
    private protected void KeepJournal() => Keep(JournalFiles.Paths(File));

    private protected SqliteDatabase Restart() => new(Crashed, hasJournal: true);

    private protected async Task WhileTheDatabaseIsBusyAsync(Func<Task> act)
    {
        using var go = new ManualResetEventSlim();
        using var begun = new ManualResetEventSlim();
        var busy = _database.WriteAsync(
            _ =>
            {
                begun.Set();
                return go.Wait(TimeSpan.FromMinutes(1));
            },
            default);
        Assert.That(begun.Wait(TimeSpan.FromMinutes(1)));
        await act();
        go.Set();
        Assert.That(await busy);
    }

    private protected void Keep(IEnumerable<string> files, string folder = "crashed")
    {
        Directory.CreateDirectory(Combine(folder));
        foreach (var file in files)
        {
            // Not by File.Copy, which may not read what is open.
            using var source = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var target = System.IO.File.Create(Combine(folder, Path.GetFileName(file)));
            source.CopyTo(target);
        }
    }
}
