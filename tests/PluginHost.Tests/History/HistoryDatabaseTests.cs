using Microsoft.Data.Sqlite;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.TestInfra;
using PluginHost.Tests.Running;
using SQLitePCL;

namespace PluginHost.Tests.History;

public sealed class HistoryDatabaseTests
{
    private const int Full = 13;
    private const int ConstraintFailed = 19;

    private TestDirectory _directory = null!;
    private HistoryDatabase _database = null!;

    [SetUp]
    public async Task SetUp()
    {
        _directory = new TestDirectory();
        _database = new SqliteDatabase(_directory.Combine("history.db"));
        await _database.WriteAsync(
            connection => connection.Run("CREATE TABLE words (word TEXT PRIMARY KEY, follows TEXT REFERENCES words DEFERRABLE INITIALLY DEFERRED)"), default);
    }

    [TearDown]
    public void TearDown()
    {
        _database.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task WhatIsCommitted_HasReachedTheDisk()
    {
        const int FullSync = 2;
        var setting = await _database.WriteAsync(connection => connection.Query("PRAGMA synchronous", reader => reader.GetInt32(0)), default);

        Assert.That(setting, Is.EqualTo(new[] { FullSync }));
    }

    [Test]
    public async Task WhatWaits_IsCommittedTogether()
    {
        var commits = 0;
        await _database.WriteAsync(
            connection =>
            {
                raw.sqlite3_commit_hook(((SqliteHistoryConnection)connection).Handle, _ => commits++ < 0 ? 1 : 0, null);
                return true;
            },
            default);
        var before = commits;

        await WhileTheDiskIsSlowAsync(() => [AddAsync("one"), AddAsync("two"), AddAsync("three")]);

        Assert.That(Words(), Is.EquivalentTo(new[] { "one", "two", "three" }));
        Assert.That(commits - before, Is.EqualTo(2), "what they waited for, and they");
    }

    [Test]
    public async Task OneThatFails_LeavesNothing_AndTakesNothingOfTheOthersAlong()
    {
        Task<int>? failing = null;

        await WhileTheDiskIsSlowAsync(() =>
        [
            AddAsync("one"),
            failing = _database.WriteAsync<int>(
                connection => connection.Run("INSERT INTO words (word) VALUES ('two')") == 1 ? throw new FormatException("Not a word.") : 0, default),
            AddAsync("three"),
        ]);

        Assert.That(() => failing, Throws.TypeOf<FormatException>());
        Assert.That(Words(), Is.EquivalentTo(new[] { "one", "three" }));
    }

    [Test]
    public async Task OneThatFailsAlone_IsNotTriedAgain()
    {
        var tries = 0;

        Assert.That(() => _database.WriteAsync<int>(_ => tries++ < 0 ? 0 : throw new FormatException("Not a word."), default), Throws.TypeOf<FormatException>());

        Assert.That(await AddAsync("one"), Is.EqualTo(1), "the next is written");
        Assert.That(tries, Is.EqualTo(1));
    }

    [Test]
    public async Task OneThatIsCancelledWhileItWaits_IsNotRun_AndNobodyWaitsForTheDisk()
    {
        using var cancellation = new CancellationTokenSource();

        await WhileTheDiskIsSlowAsync(() =>
        {
            var cancelled = AddAsync("one", cancellation.Token);
            cancellation.Cancel();
            Assert.That(() => cancelled, Throws.InstanceOf<OperationCanceledException>());
            return [AddAsync("two")];
        });

        Assert.That(Words(), Is.EqualTo(new[] { "two" }));
    }

    [Test]
    public async Task OneThatIsCancelledOnceItHasBegun_IsWritten()
    {
        using var cancellation = new CancellationTokenSource();

        var changed = await _database.WriteAsync(
            connection =>
            {
                cancellation.Cancel();
                return connection.Run("INSERT INTO words (word) VALUES ('one')");
            },
            cancellation.Token);

        Assert.That(changed, Is.EqualTo(1));
        Assert.That(Words(), Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public async Task Closing_WritesWhatWasAccepted_AndNothingAfterIt()
    {
        Task closing = Task.CompletedTask;

        await WhileTheDiskIsSlowAsync(() =>
        {
            Task<int>[] accepted = [AddAsync("one"), AddAsync("two")];
            closing = Task.Run(_database.Dispose);
            return accepted;
        });
        await closing;

        Assert.That(() => AddAsync("three"), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(Words, Throws.TypeOf<ObjectDisposedException>());
        using var again = new SqliteDatabase(_directory.Combine("history.db"));
        Assert.That(Words(again), Is.EquivalentTo(new[] { "one", "two" }));
    }

    [Test]
    public async Task WhenItCannotBeCommitted_AllOfItFails_AndTheNextIsWritten()
    {
        Task<int>[] together = [];

        await WhileTheDiskIsSlowAsync(() => together =
        [
            AddAsync("one"),
            _database.WriteAsync(connection => connection.Run("INSERT INTO words (word, follows) VALUES ('two', 'nothing')"), default),
        ]);

        Assert.Multiple(() => Array.ForEach(together, write =>
            Assert.That(() => write, Throws.TypeOf<SqliteException>().With.Property(nameof(SqliteException.SqliteErrorCode)).EqualTo(ConstraintFailed))));
        Assert.That(await AddAsync("three"), Is.EqualTo(1));
        Assert.That(Words(), Is.EqualTo(new[] { "three" }));
    }

    [Test]
    public async Task OneForWhichSqliteGivesTheTransactionUp_FailsAlone()
    {
        await AddAsync("zero");
        Task<int>? failing = null;

        await WhileTheDiskIsSlowAsync(() =>
        [
            AddAsync("one"), failing = _database.WriteAsync(connection => connection.Run("INSERT OR ROLLBACK INTO words (word) VALUES ('zero')"), default), AddAsync("two"),
        ]);

        Assert.That(() => failing, Throws.TypeOf<SqliteException>().With.Property(nameof(SqliteException.SqliteErrorCode)).EqualTo(ConstraintFailed));
        Assert.That(Words(), Is.EquivalentTo(new[] { "zero", "one", "two" }));
    }

    [Test]
    public async Task WhenTheDiskIsFull_WhatFitsIsWritten_AndTheRestOnceThereIsRoom()
    {
        await LimitAsync(1);
        Task<int>? tooLarge = null;

        await WhileTheDiskIsSlowAsync(() =>
            [AddAsync("one"), tooLarge = AddAsync(new string('x', 1_000_000)), AddAsync("two")]);

        Assert.That(() => tooLarge, Throws.TypeOf<SqliteException>().With.Property(nameof(SqliteException.SqliteErrorCode)).EqualTo(Full));
        Assert.That(Words(), Is.EquivalentTo(new[] { "one", "two" }));

        Assert.That(() => AddAsync(new string('x', 1_000_000)), Throws.TypeOf<SqliteException>());
        Assert.That(_database.TakesNothing, Has.Message.Contains("full"), "for the status");
        await LimitAsync(1_000_000);
        Assert.That(await AddAsync(new string('x', 1_000_000)), Is.EqualTo(1));
        Assert.That(_database.TakesNothing, Is.Null);
    }

    [Test]
    public void Reading_GoesOnAfterOneThatFailed()
    {
        Assert.That(() => _database.Read<int>(connection => connection.Run("SELECT nothing")), Throws.TypeOf<SqliteException>());

        Assert.That(Words(), Is.Empty);
    }

    [Test]
    public void AHistoryOfANewerVersion_IsRefused_AndNotTouched()
    {
        _database.Read(connection => connection.Run("PRAGMA user_version = 99"));

        Assert.That(() => new SqliteDatabase(_directory.Combine("history.db")), Throws.InvalidOperationException.With.Message.Contains("newer version"));
    }

    [Test]
    public void ADamagedHistory_IsRefused_AndNotTouched()
    {
        File.WriteAllText(_directory.Combine("damaged.db"), new string('x', 4096));

        Assert.That(() => new SqliteDatabase(_directory.Combine("damaged.db")), Throws.InvalidOperationException.With.Message.Contains("cannot be opened"));
        Assert.That(File.ReadAllText(_directory.Combine("damaged.db")), Has.Length.EqualTo(4096));
    }

    private static List<string> Words(HistoryDatabase database) =>
        database.Read(connection => connection.Query("SELECT word FROM words", reader => reader.GetString(0)));

    private List<string> Words() => Words(_database);

    private Task<int> AddAsync(string word, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(connection => connection.Run("INSERT INTO words (word) VALUES (@word)", ("@word", word)), cancellationToken);

    /// <summary>Lets the file grow to so many pages, or no further if it has more.</summary>
    private Task<List<int>> LimitAsync(int pages) =>
        _database.WriteAsync(connection => connection.Query($"PRAGMA max_page_count = {pages}", reader => reader.GetInt32(0)), default);

    /// <summary>What is to be written waits until it is all there; returns when it has ended, one way or the other.</summary>
    private async Task WhileTheDiskIsSlowAsync(Func<Task<int>[]> write)
    {
        Task<int>[] waiting;
        using (await SlowDisk.OfAsync(_database))
        {
            waiting = write();
        }

        await Task.WhenAll(waiting).ContinueWith(_ => { }, TaskScheduler.Default);
    }
}
