using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Running;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Running;

public sealed class RunEndsTests
{
    private static readonly RunInfo Ended = new()
    {
        Id = "1", Script = "A.Work", Plugin = "A", Trigger = RunTrigger.Manual, QueuedAt = default, State = RunState.Succeeded, Attempt = 1, Node = "node",
    };

    private readonly ObservedTime _time = new();
    private readonly LogLines<RunEnds> _log = new();
    private TestDirectory _directory = null!;
    private HistoryDatabase _database = null!;
    private RunStore _store = null!;
    private RunEnds _ends = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _database = new SqliteDatabase(_directory.Combine("history.db"));
        _store = new RunStore(_database, _time);
        _ends = new RunEnds(_store, _time, _log);
        _database.Read(connection => connection.Run("CREATE TRIGGER full BEFORE INSERT ON runs BEGIN SELECT RAISE(FAIL, 'disk full'); END"));
    }

    [TearDown]
    public void TearDown()
    {
        _ends.Dispose();
        _database.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task WhatTheDiskRefuses_IsTriedAgain_AfterLongerAndLongerPauses_AndSaidOnce()
    {
        var storing = _ends.StoreAsync(Ended, []);
        foreach (var pause in new[] { 1, 2, 4, 8, 16, 30 }.Select(seconds => TimeSpan.FromSeconds(seconds)))
        {
            await _time.TimerOf(pause);
            _time.Advance(pause);
        }

        _database.Read(connection => connection.Run("DROP TRIGGER full"));
        while (!storing.Done.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        Assert.That((await storing.FirstTry, await storing.Done), Is.EqualTo((false, true)));
        Assert.That(_store.Find("1")!.State, Is.EqualTo(RunState.Succeeded));
        Assert.That(_log.Lines, Has.Count.EqualTo(1).And.One.StartsWith("Error 705: The end of run '1' of script 'A.Work' could not be stored; it is tried again"));
    }

    [Test]
    public async Task AHostThatStops_WaitsForNoDisk()
    {
        var storing = _ends.StoreAsync(Ended, []);
        await _time.TimerOf(TimeSpan.FromSeconds(1));

        _ends.Stop();

        Assert.That(await storing.Done.WaitAsync(RunningHost.HangLimit), Is.False);
    }
}
