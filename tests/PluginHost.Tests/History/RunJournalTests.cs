using PluginHost.History;
using PluginHost.History.Journal;
using PluginHost.History.Sqlite;
using static PluginHost.Tests.History.StoredRuns;

namespace PluginHost.Tests.History;

/// <summary>What is acknowledged is in the journal or in the database, whoever reads, and however busy the database is.</summary>
public sealed class RunJournalTests : RunJournalTestBase
{
    [Test]
    public async Task WhatIsInTheJournal_IsFoundByWhoeverReads_AndByWhoeverWrites()
    {
        await WhileTheDatabaseIsBusyAsync(() => AddAsync("one"));

        Assert.That(Runs.Find("one")!.State, Is.EqualTo(RunState.Running));
        await WhileTheDatabaseIsBusyAsync(() => AddAsync("two", 1));
        Assert.That(await Database.WriteAsync(history => RunStore.Find(history, "two"), default), Is.Not.Null);
    }

    [Test]
    public async Task WithoutAnybodyWhoReads_ItIsInTheDatabaseBeforeLong()
    {
        await AddAsync("one");

        Assert.That(() => Database.Read(history => RunStore.Find(history, "one")), Is.Not.Null.After(5000, 10));
        Assert.That(() => JournalFiles.Read(File, Database.Read(JournalReplay.Last)), Is.Empty.After(5000, 10));
    }

    [Test]
    public async Task WhatBecomesOfARunInAShortTime_IsWrittenOnce()
    {
        await Database.WriteAsync(
            history => history.Run(
                """
                CREATE TABLE changes (state TEXT);
                CREATE TRIGGER added AFTER INSERT ON runs BEGIN INSERT INTO changes VALUES (new.state); END;
                CREATE TRIGGER changed AFTER UPDATE ON runs BEGIN INSERT INTO changes VALUES (new.state); END;
                """),
            default);
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one", 0, RunState.Queued);
            await Runs.SaveAsync(Run("one", 0, RunState.Running), default);
            await Runs.EndAsync(Run("one", 0, RunState.Succeeded), [], default);
        });

        Assert.That(Database.ReadRuns(history => history.Query("SELECT state FROM changes", row => row.GetString(0))), Is.EqualTo(new[] { "Succeeded" }));
        Assert.That(Outcomes(Database), Is.EqualTo(new[] { OccurrenceOutcome.Ran }));
    }

    [Test]
    public async Task ADatabaseThatTakesNothing_LetsNothingBegin_UntilItDoesAgain()
    {
        await Database.WriteAsync(history => history.Run("PRAGMA query_only = ON"), default);
        await AddAsync("one");
        Assert.That(States(Database), Is.Empty, "it could not be told before");
        Assert.That(Runs.Find("one"), Is.Not.Null, "by its id it is found all the same");

        Assert.That(() => AddAsync("two", 1), Throws.InstanceOf<Microsoft.Data.Sqlite.SqliteException>());
        Assert.That(Database.TakesNothing, Is.Not.Null);
        Crash();
        using var again = Restart();

        Assert.That(States(again), Is.EqualTo(new[] { ("one", RunState.Running) }));
    }

    [Test]
    public async Task WhileTheDatabaseIsBusyForLong_ListsLackWhatCameLast_ShowWhatIsThereAsItIs_AndWhoNeedsAllIsTold()
    {
        await AddAsync("one");
        Assert.That(Database.CatchUp());
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await Runs.EndAsync(Run("one", 0, RunState.Succeeded), [], default);
            await AddAsync("two", 1);

            Assert.That(Database.CatchUp(), Is.False);
            Assert.That(States(Database), Is.EqualTo(new[] { ("one", RunState.Succeeded) }));
        });

        Assert.That(() => Database.CatchUp(), Is.True.After(60_000, 10));
        Assert.That(States(Database).Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task UnderSteadyLoad_TheDatabaseIsNotLeftBehind()
    {
        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await AddAsync($"{i:000000}", i);
            }
        });

        Assert.That(() => Database.Read(history => RunStore.Find(history, "000000")), Is.Not.Null.After(5000, 10));
        await stop.CancelAsync();
        await load;
    }

    [Test]
    public async Task ABackup_HasWhatIsOnlyInTheJournal()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one");
            SqliteBackup.Copy(File, Combine("copy.db"));
        });

        using var copy = new SqliteDatabase(Combine("copy.db"));
        Assert.That(States(copy), Is.EqualTo(new[] { ("one", RunState.Running) }));
    }

    [Test]
    public async Task WhenTheHistoryIsClosed_TheDatabaseHasEverything()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => AddAsync($"{i:000}", i)));
        Database.Dispose();

        Assert.That(JournalFiles.Read(File, last: null), Is.Empty);
        using var again = new SqliteDatabase(File);
        Assert.That(States(again).Count(), Is.EqualTo(500));
    }

    [Test]
    public async Task ARequestWithAKey_WaitsForTheDatabase_WhichAloneKnowsTheKeys()
    {
        Task<RunInfo>? first = null;
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            first = Runs.AddAsync(Run("one", 0, RunState.Running), new RequestKey("key", "hash"), default);
            await Runs.AddAsync(Run("without", 1, RunState.Running), null, default);
            Assert.That(first.IsCompleted, Is.False);
        });

        Assert.That((await first!).Id, Is.EqualTo("one"));
        Assert.That((await Runs.AddAsync(Run("two", 2, RunState.Running), new RequestKey("key", "hash"), default)).Id, Is.EqualTo("one"));
    }

    [Test]
    public async Task ATimeThatMayHaveHadItsTurn_IsAskedOfTheDatabase()
    {
        await AddAsync("one");

        Assert.That(await Runs.AddScheduledAsync(Run("two", 0, RunState.Running), Occurrence("two", 0), Mark(0), isNewest: false, default), Is.Null);
        Assert.That(new OccurrenceStore(Database).Newest("A.Work", "key"), Is.EqualTo(Due));
        Assert.That(new OccurrenceStore(Database).Newest("A.Work", "other"), Is.Null);
    }
}
