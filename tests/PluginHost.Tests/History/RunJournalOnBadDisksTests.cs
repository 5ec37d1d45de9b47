using PluginHost.History;
using PluginHost.History.Journal;
using PluginHost.History.Sqlite;
using PluginHost.Running;
using PluginHost.TestInfra;

namespace PluginHost.Tests.History;

/// <summary>The journal of runs on a disk that is full, or does not let go of what was written.</summary>
[Platform("Linux")]
public sealed class RunJournalOnBadDisksTests
{
    private TestDirectory _directory = null!;
    private SmallDisk? _disk;
    private string? _kept;

    private string File => _directory.Combine("disk", "history.db");

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        Directory.CreateDirectory(_directory.Combine("disk"));
    }

    [TearDown]
    public void TearDown()
    {
        LetGo();
        _disk?.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task WhatDoesNotFitOnTheDisk_IsNotAcknowledged_AndNotThereAfterACrash_AndOnceThereIsRoom_ItGoesOn()
    {
        _disk = SmallDisk.Mount(_directory.Combine("disk"), "size=1m");
        using var journal = new RunJournal(File, 0);
        journal.Start();
        Assert.That(await journal.AddAsync(Journaled("before")), Is.True);
        _disk.Fill();

        var answers = new List<bool>();
        for (var i = 0; i < 20; i++)
        {
            // One of them fits by a part.
            answers.Add(await journal.AddAsync(Journaled($"full {i}", text: new string('x', 700))));
        }

        Assert.That(answers, Does.Contain(false));
        _disk.MakeRoom();
        Assert.That(await journal.AddAsync(Journaled("after")), Is.True);
        var acknowledged = answers.Select((isWritten, i) => isWritten ? $"full {i}" : null).OfType<string>();
        Assert.That(JournalFiles.Read(File, last: null).Select(line => line.Run.Run.Id), Is.EqualTo((string[])["before", .. acknowledged, "after"]));
        journal.Close();
    }

    [Test]
    public async Task WhatTheDatabaseHas_AndTheDiskDoesNotLetGoOf_DoesNoHarm()
    {
        var database = new SqliteDatabase(File, hasJournal: true);
        var runs = new RunStore(database, SingleNode.Instance, TimeProvider.System);
        KeepWhatIsWritten();
        await StoredRuns.AddAsync(runs, "one");
        Assert.That(StoredRuns.States(database), Is.EqualTo(new[] { ("one", RunState.Running) }));
        await runs.EndAsync(StoredRuns.Run("one", 0, RunState.Succeeded), [], default);
        await StoredRuns.AddAsync(runs, "two", 1);
        database.Dispose();
        Assert.That(JournalFiles.Read(File, last: null), Has.Count.EqualTo(3), "the disk lets go of nothing");

        for (var start = 0; start < 2; start++)
        {
            LetGo();
            using var again = new SqliteDatabase(File, hasJournal: true);
            KeepWhatIsWritten();
            Assert.That(StoredRuns.States(again), Is.EqualTo(new[] { ("two", RunState.Running), ("one", RunState.Succeeded) }));
        }
    }

    private static JournaledRun Journaled(string id, string? text = null) =>
        JournaledRun.Of(StoredRuns.Run(id, 0, RunState.Running) with { Progress = text is null ? null : new RunProgress(0.5, text) });

    /// <summary>The files of the journal can be added to, and not be made shorter.</summary>
    private void KeepWhatIsWritten()
    {
        Requires.Root();
        Requires.Program("e2fsprogs", "chattr");
        _kept = File;
        JournalFiles.Paths(File).ToList().ForEach(file => Command.Run("/", "chattr", "+a", file));
    }

    private void LetGo()
    {
        if (_kept is not null)
        {
            JournalFiles.Paths(_kept).ToList().ForEach(file => Command.Run("/", "chattr", "-a", file));
            _kept = null;
        }
    }
}
