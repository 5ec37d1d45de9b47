using System.Text;
using PluginHost.History;
using PluginHost.History.Journal;
using PluginHost.History.Sqlite;
using PluginHost.Running;
using static PluginHost.Tests.History.StoredRuns;

namespace PluginHost.Tests.History;

/// <summary>After a crash the database has what was acknowledged, once, and nothing is taken for that which is not.</summary>
public sealed class RunJournalReplayTests : RunJournalTestBase
{
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
    public async Task AfterACrash_WhatSomebodyAskedForIsThere_AndIsForNoTime()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await Runs.AddAsync(AskedFor("begun", RunState.Running), null, default);
            await Runs.AddAsync(AskedFor("ended", RunState.Running), null, default);
            await Runs.EndAsync(AskedFor("ended", RunState.Succeeded), [], default);
            Crash();
        });

        using var again = Restart();

        Assert.That(States(again), Is.EquivalentTo(new[] { ("begun", RunState.Running), ("ended", RunState.Succeeded) }));
        Assert.That(Outcomes(again), Is.Empty);
        Assert.That(new ScheduleStore(again).GetAll(), Is.Empty);
    }

    [Test]
    public async Task WhatWasWrittenOverLinesOfBefore_IsToldFromThem()
    {
        for (var i = 0; i < 100; i++)
        {
            await AddAsync($"before {i:00}", i);
        }

        Assert.That(Database.CatchUp());
        await AddAsync("between", 100);
        Assert.That(Database.CatchUp());
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("after", 101);
            Crash();
        });
        var left = JournalFiles.Read(Crashed, last: null);
        Assert.That(left, Has.Count.GreaterThan(50), "lines of before are behind it, to be told from it");

        using (var again = Restart())
        {
            Assert.That(States(again).First(), Is.EqualTo(("after", RunState.Running)));
            Assert.That(States(again).Count(), Is.EqualTo(102));
        }

        Assert.That(JournalFiles.Paths(Crashed).Sum(file => new FileInfo(file).Length), Is.Zero, "a host that is stopped leaves nothing behind");
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
        await Database.WriteAsync(history => ScheduleStore.Save(history, Mark(60)), default);
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
    public async Task ALineOfAnEarlierState_TakesNoRunBack()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one", 0, RunState.Queued);
            KeepJournal();
        });
        await Runs.SaveAsync(Run("one", 0, RunState.Running), default);
        Assert.That(States(Database), Is.EqualTo(new[] { ("one", RunState.Running) }));
        Crash(withJournal: false);

        using var again = Restart();

        Assert.That(States(again), Is.EqualTo(new[] { ("one", RunState.Running) }));
    }

    [Test]
    public async Task ARunThatWasDeletedMeanwhile_DoesNotComeBack_WithoutItsBeginning()
    {
        await AddAsync("one", 0, RunState.Queued);
        Assert.That(States(Database).Count(), Is.EqualTo(1));
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await Runs.SaveAsync(Run("one", 0, RunState.Running), default);
            KeepJournal();
        });
        await Database.WriteAsync(history => history.Run("DELETE FROM runs"), default);
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
        await LosePowerWhileWritingAsync(0, missing);

        using var again = Restart();

        Assert.That(States(again).Select(run => run.Id), Is.EquivalentTo(["before", .. Enumerable.Range(0, missing).Select(i => $"{i}")]));
        Assert.That(await StoredRuns.AddAsync(new RunStore(again, SingleNode.Instance, TimeProvider.System), "after", 5), Is.Not.Null);
    }

    [TestCase(0)]
    [TestCase(1)]
    public async Task WhatWasToldToNobody_DoesNotFollowLater_WhenOthersHaveTheNumbersThatWereMissing(int file)
    {
        await LosePowerWhileWritingAsync(file, missing: 0);
        using (var again = Restart())
        {
            var runs = new RunStore(again, SingleNode.Instance, TimeProvider.System);
            await runs.AddAsync(AskedFor("after", RunState.Running), null, default);
            Assert.That(again.CatchUp());
            Keep(Directory.GetFiles(Combine("crashed")), "again");
        }

        using var second = new SqliteDatabase(Combine("again", "history.db"), hasJournal: true);
        Assert.That(States(second).Select(run => run.Id), Is.EquivalentTo(["before", "after"]));
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

        SqliteBackup.Copy(Crashed, Combine("copy.db"));
        using (var copy = new SqliteDatabase(Combine("copy.db")))
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
        foreach (var file in Directory.GetFiles(Combine("crashed")).Where(file => !file.Contains("-runs", StringComparison.Ordinal)))
        {
            System.IO.File.Delete(file);
        }

        Assert.That(() => Restart(), Throws.InvalidOperationException.With.Message.Contains("does not go on where the history ends"));
        Assert.That(JournalFiles.Read(Crashed, last: null), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task WhatTheDatabaseHasHad_DoesNotComeBack_HoweverLateTheJournalIsReadAgain()
    {
        await WhileTheDatabaseIsBusyAsync(async () =>
        {
            await AddAsync("one");
            KeepJournal();
        });
        await new ScheduleStore(Database).RemoveAsync("A.Work", "key", default);
        await Database.WriteAsync(history => history.Run("DELETE FROM runs") + history.Run("DELETE FROM occurrences"), default);
        Crash(withJournal: false);

        for (var start = 0; start < 2; start++)
        {
            using var again = Restart();
            Assert.That(States(again), Is.Empty);
            Assert.That(new ScheduleStore(again).GetAll(), Is.Empty);
        }
    }

    /// <summary>Leaves a run in the database, and after it three lines that were written in one, but for a part of one of them.</summary>
    private async Task LosePowerWhileWritingAsync(int file, int missing)
    {
        await AddAsync("before");
        Assert.That(Database.CatchUp());
        Crash(withJournal: false);
        using var database = new SqliteDatabase(Crashed);
        var last = database.Read(JournalReplay.Last);
        var lines = new System.Buffers.ArrayBufferWriter<byte>();
        for (var i = 0; i < 3; i++)
        {
            JournalLine.Write(last + 1 + i, last + 1, JournaledRun.New(Run($"{i}", i + 1, RunState.Running), Mark(i + 1)), lines);
        }

        var text = Encoding.UTF8.GetString(lines.WrittenSpan).Split('\n');
        text[missing] = text[missing].Replace("A.Work", "\0\0\0\0\0\0", StringComparison.Ordinal);
        System.IO.File.WriteAllLines(JournalFiles.Paths(Crashed).ElementAt(file), text);
    }

    private static RunInfo AskedFor(string id, RunState state) => Run(id, 0, state) with { Trigger = RunTrigger.Manual, ScheduledFor = null };
}
