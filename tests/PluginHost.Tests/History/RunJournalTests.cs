using System.Text;
using PluginHost.History;
using PluginHost.History.Journal;
using PluginHost.History.Sqlite;
using PluginHost.Running;
using PluginHost.TestInfra;
using static PluginHost.Tests.History.StoredRuns;

namespace PluginHost.Tests.History;

/// <summary>What is acknowledged is in the journal or in the database, and after a crash in the database.</summary>
public sealed class RunJournalTests
{
    private TestDirectory _directory = null!;
    private SqliteDatabase _database = null!;

    private string File => _directory.Combine("history.db");

    private RunStore Runs => new(_database, SingleNode.Instance, TimeProvider.System);

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

    [Test]
    public async Task WhatIsInTheJournal_IsFoundByWhoeverReads_AndByWhoeverWrites()
    {
        await WhileTheDatabaseIsBusyAsync(() => AddAsync("one"));

        Assert.That(Runs.Find("one")!.State, Is.EqualTo(RunState.Running));
        await WhileTheDatabaseIsBusyAsync(() => AddAsync("two", 1));
        Assert.That(await _database.WriteAsync(history => RunStore.Find(history, "two"), default), Is.Not.Null);
    }

    [Test]
    public async Task WithoutAnybodyWhoReads_ItIsInTheDatabaseBeforeLong()
    {
        await AddAsync("one");

        Assert.That(() => _database.Read(history => RunStore.Find(history, "one")), Is.Not.Null.After(5000, 10));
        Assert.That(() => JournalFiles.Read(File), Is.Empty.After(5000, 10));
    }

    [Test]
    public async Task AfterACrash_ItIsThere_WithItsTimeAndItsMark()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("begun");
            await AddAsync("waiting", 1, RunState.Queued);
            await AddAsync("ended", 2);
            await Runs.EndAsync(Run("ended", 2, RunState.Succeeded), [], default);
            Crash();
        });

        using var again = Restart();

        Assert.That(States(again), Is.EqualTo(new[] { ("ended", RunState.Succeeded), ("waiting", RunState.Queued), ("begun", RunState.Running) }));
        Assert.That(Outcomes(again), Is.EqualTo(new[] { OccurrenceOutcome.Ran, OccurrenceOutcome.Pending, OccurrenceOutcome.Ran }));
        Assert.That(new ScheduleStore(again).GetAll().Single().Until, Is.EqualTo(Due.AddSeconds(2)));
    }

    [Test]
    public async Task WhatTheDatabaseHasAlready_StaysAsItIs()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one");
            KeepJournal();
        });
        await Runs.EndAsync(Run("one", 0, RunState.Failed), [], default);
        await _database.WriteAsync(history => ScheduleStore.Save(history, Mark(60)), default);
        Crash(withJournal: false);

        using var again = Restart();

        Assert.That(States(again), Is.EqualTo(new[] { ("one", RunState.Failed) }));
        Assert.That(Outcomes(again), Is.EqualTo(new[] { OccurrenceOutcome.Ran }));
        Assert.That(new ScheduleStore(again).GetAll().Single().Until, Is.EqualTo(Due.AddSeconds(60)));
    }

    [Test]
    public async Task ALineThatWasCutOff_IsLeftOut_AndTheOthersAreNot()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one");
            Crash();
        });
        var files = JournalFiles.Paths(Crashed).Where(System.IO.File.Exists).ToList();
        var lines = files.SelectMany(System.IO.File.ReadAllLines).Single(line => line.Length > 0);
        System.IO.File.WriteAllText(files[0], $"{lines[..^20]}\n\n{lines}\n{lines[..30]}");
        System.IO.File.WriteAllText(files[1], "\0\0\0\n1\t\t{}\nx\ty\tz");

        using var again = Restart();

        Assert.That(States(again), Is.EqualTo(new[] { ("one", RunState.Running) }));
    }

    [Test]
    public async Task WhatBecomesOfARunInAShortTime_IsWrittenOnce()
    {
        await _database.WriteAsync(
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

        Assert.That(_database.ReadRuns(history => history.Query("SELECT state FROM changes", row => row.GetString(0))), Is.EqualTo(new[] { "Succeeded" }));
        Assert.That(Outcomes(_database), Is.EqualTo(new[] { OccurrenceOutcome.Ran }));
    }

    [Test]
    public async Task ADatabaseThatTakesNothing_LetsNothingBegin_UntilItDoesAgain()
    {
        await _database.WriteAsync(history => history.Run("PRAGMA query_only = ON"), default);
        await AddAsync("one");
        Assert.That(States(_database), Is.Empty, "it could not be told before");
        Assert.That(Runs.Find("one"), Is.Not.Null, "by its id it is found all the same");

        Assert.That(() => AddAsync("two", 1), Throws.InstanceOf<Microsoft.Data.Sqlite.SqliteException>());
        Assert.That(_database.TakesNothing, Is.Not.Null);
        Crash();
        using var again = Restart();

        Assert.That(States(again), Is.EqualTo(new[] { ("one", RunState.Running) }));
    }

    [Test]
    public async Task ALineOfAnEarlierState_TakesNoRunBack()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one", 0, RunState.Queued);
            KeepJournal();
        });
        await Runs.SaveAsync(Run("one", 0, RunState.Running), default);
        Assert.That(States(_database), Is.EqualTo(new[] { ("one", RunState.Running) }));
        Crash(withJournal: false);

        using var again = Restart();

        Assert.That(States(again), Is.EqualTo(new[] { ("one", RunState.Running) }));
    }

    [Test]
    public async Task ARunThatWasDeletedMeanwhile_DoesNotComeBack_WithoutItsBeginning()
    {
        await AddAsync("one", 0, RunState.Queued);
        Assert.That(States(_database).Count(), Is.EqualTo(1));
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await Runs.SaveAsync(Run("one", 0, RunState.Running), default);
            KeepJournal();
        });
        await _database.WriteAsync(history => history.Run("DELETE FROM runs"), default);
        Crash(withJournal: false);

        using var again = Restart();

        Assert.That(States(again), Is.Empty);
    }

    [Test]
    public async Task ALineThatIsWhole_AndCannotBeUnderstood_IsNotThrownAway()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one");
            Crash();
        });
        var file = JournalFiles.Paths(Crashed).First(path => new FileInfo(path).Length > 0);
        var text = System.IO.File.ReadAllText(file).Trim().Replace("Running", "Walking", StringComparison.Ordinal)[..^9];
        System.IO.File.WriteAllText(file, $"{text}\t{JournalLine.Checksum(Encoding.UTF8.GetBytes(text))}\n");

        Assert.That(() => Restart(), Throws.InvalidOperationException.With.Message.Contains("cannot read").And.Message.Contains("-runs1"));
        Assert.That(System.IO.File.ReadAllText(file), Does.Contain("Walking"));
    }

    // A power cut may leave the end of what was being written, and not its beginning.
    [TestCase(0)]
    [TestCase(1)]
    public async Task WhatWasWrittenInOne_AndIsNotThereAsAWhole_WasToldToNobody_AndTheHostStarts(int missing)
    {
        await AddAsync("before");
        Assert.That(_database.CatchUp());
        Crash(withJournal: false);
        long last = 0;
        using (var database = new SqliteDatabase(Crashed))
        {
            last = database.Read(JournalReplay.Last);
        }

        var lines = new System.Buffers.ArrayBufferWriter<byte>();
        for (var i = 0; i < 3; i++)
        {
            JournalLine.Write(last + 1 + i, last + 1, JournaledRun.Of(Run($"{i}", i + 1, RunState.Running), Mark(i + 1)), lines);
        }

        var text = Encoding.UTF8.GetString(lines.WrittenSpan).Split('\n');
        text[missing] = text[missing].Replace("A.Work", "\0\0\0\0\0\0", StringComparison.Ordinal);
        System.IO.File.WriteAllLines(JournalFiles.Paths(Crashed).First(), text);

        using var again = Restart();

        Assert.That(States(again).Select(run => run.Id), Is.EquivalentTo(["before", .. Enumerable.Range(0, missing).Select(i => $"{i}")]));
        Assert.That(await StoredRuns.AddAsync(new RunStore(again, SingleNode.Instance, TimeProvider.System), "after", 5), Is.Not.Null);
    }

    [Test]
    public async Task LinesOfWhichTheFirstIsMissing_SayNothingOfTheDatabase_SoABackupLeavesThemOut_AndAHostIsNotStartedOnThem()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one");
            await AddAsync("two", 1);
            Crash();
        });
        var file = JournalFiles.Paths(Crashed).First(path => new FileInfo(path).Length > 0);
        var lines = System.IO.File.ReadAllLines(file);
        System.IO.File.WriteAllLines(file, lines.Where(line => !line.Contains("\"one\"", StringComparison.Ordinal)));

        SqliteBackup.Copy(Crashed, _directory.Combine("copy.db"));
        using (var copy = new SqliteDatabase(_directory.Combine("copy.db")))
        {
            Assert.That(States(copy), Is.Empty);
            Assert.That(new ScheduleStore(copy).GetAll(), Is.Empty, "up to which everything is there");
        }

        Assert.That(() => Restart(), Throws.InvalidOperationException.With.Message.Contains("does not go on where the history ends"));
        System.IO.File.WriteAllLines(file, lines);
        using var again = Restart();
        Assert.That(States(again).Count(), Is.EqualTo(2));
    }

    [Test]
    public async Task TheJournalOfAnotherDatabase_IsNeitherTakenNorThrownAway()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one");
            Crash();
        });
        foreach (var file in Directory.GetFiles(_directory.Combine("crashed")).Where(file => !file.Contains("-runs", StringComparison.Ordinal)))
        {
            System.IO.File.Delete(file);
        }

        Assert.That(() => Restart(), Throws.InvalidOperationException.With.Message.Contains("does not go on where the history ends"));
        Assert.That(JournalFiles.Read(Crashed), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task WhatTheDatabaseHasHad_DoesNotComeBack_HoweverLateTheJournalIsReadAgain()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one");
            KeepJournal();
        });
        await new ScheduleStore(_database).RemoveAsync("A.Work", "key", default);
        await _database.WriteAsync(history => history.Run("DELETE FROM runs") + history.Run("DELETE FROM occurrences"), default);
        Crash(withJournal: false);

        for (var start = 0; start < 2; start++)
        {
            using var again = Restart();
            Assert.That(States(again), Is.Empty);
            Assert.That(new ScheduleStore(again).GetAll(), Is.Empty);
        }
    }

    [Test]
    public async Task WhileTheDatabaseIsBusyForLong_ListsLackWhatCameLast_ShowWhatIsThereAsItIs_AndWhoNeedsAllIsTold()
    {
        await AddAsync("one");
        Assert.That(_database.CatchUp());
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await Runs.EndAsync(Run("one", 0, RunState.Succeeded), [], default);
            await AddAsync("two", 1);

            Assert.That(_database.CatchUp(), Is.False);
            Assert.That(States(_database), Is.EqualTo(new[] { ("one", RunState.Succeeded) }));
        });

        Assert.That(() => _database.CatchUp(), Is.True.After(60_000, 10));
        Assert.That(States(_database).Count(), Is.EqualTo(2));
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

        Assert.That(() => _database.Read(history => RunStore.Find(history, "000000")), Is.Not.Null.After(5000, 10));
        await stop.CancelAsync();
        await load;
    }

    [Test]
    public async Task ABackup_HasWhatIsOnlyInTheJournal()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one");
            SqliteBackup.Copy(File, _directory.Combine("copy.db"));
        });

        using var copy = new SqliteDatabase(_directory.Combine("copy.db"));
        Assert.That(States(copy), Is.EqualTo(new[] { ("one", RunState.Running) }));
    }

    [Test]
    public async Task WhenTheHistoryIsClosed_TheDatabaseHasEverything()
    {
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => AddAsync($"{i:000}", i)));
        _database.Dispose();

        Assert.That(JournalFiles.Read(File), Is.Empty);
        using var again = new SqliteDatabase(File);
        Assert.That(States(again).Count(), Is.EqualTo(500));
    }

    [Test]
    public async Task ATimeThatMayHaveHadItsTurn_IsAskedOfTheDatabase()
    {
        await AddAsync("one");

        Assert.That(await Runs.AddScheduledAsync(Run("two", 0, RunState.Running), Occurrence("two", 0), Mark(0), isNewest: false, default), Is.Null);
        Assert.That(new OccurrenceStore(_database).Newest("A.Work", "key"), Is.EqualTo(Due));
        Assert.That(new OccurrenceStore(_database).Newest("A.Work", "other"), Is.Null);
    }

    private Task<RunInfo?> AddAsync(string id, int second = 0, RunState state = RunState.Running) => StoredRuns.AddAsync(Runs, id, second, state);

    private string Crashed => _directory.Combine("crashed", "history.db");

    /// <summary>As a process that dies now leaves the files.</summary>
    private void Crash(bool withJournal = true)
    {
        Directory.CreateDirectory(_directory.Combine("crashed"));
        foreach (var file in Directory.GetFiles(_directory.Path, "history.db*").Where(file => withJournal || !file.Contains("-runs", StringComparison.Ordinal)))
        {
            Copy(file, Path.Combine(_directory.Combine("crashed"), Path.GetFileName(file)));
        }
    }

    /// <summary>What the files of the journal hold now is what they hold after the crash.</summary>
    private void KeepJournal()
    {
        Directory.CreateDirectory(_directory.Combine("crashed"));
        foreach (var file in JournalFiles.Paths(File))
        {
            Copy(file, Path.Combine(_directory.Combine("crashed"), Path.GetFileName(file)));
        }
    }

    private static void Copy(string from, string to)
    {
        using var source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var target = System.IO.File.Create(to);
        source.CopyTo(target);
    }

    private SqliteDatabase Restart() => new(Crashed, hasJournal: true);

    private async Task WhileTheDatabaseIsBusyAsync(Func<Task> act)
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
}
