using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Crashes;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Planning;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Loading;

/// <summary>The host dies while it loads something, and comes up.</summary>
public sealed class LoadJournalTests
{
    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;
    private HistoryDatabase _database = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = new DataDirectory(Options.Create(new PluginHostOptions { DataDirectory = _directory.Path }));
        _database = new SqliteDatabase(_data);
    }

    [TearDown]
    public void TearDown()
    {
        _database.Dispose();
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task OneDeath_ProvesNothing_AndTwoInARowDo()
    {
        await DieLoadingAsync("A");
        Assert.That((await StartAsync()).Refuse(Artifact("A")), Is.Null);
        await DieLoadingAsync("A");

        var journal = await StartAsync("Process terminated.\nboom\n   at X.Y()");

        Assert.That(journal.Refuse(Artifact("A")), Does.Contain("ended the whole host 2 times in a row").And.Contain("boom"));
        Assert.That(journal.Refuse(Artifact("A", "other content")), Is.Null);
        Assert.That(journal.Refuse(Artifact("B")), Is.Null);
    }

    [Test]
    public async Task OfSeveralThatWereBeingLoaded_NoneIsRejected_AndFromThenOnTheyAreLoadedOneAtATime()
    {
        await DieLoadingAsync("A", "B");
        await DieLoadingAsync("A", "B");
        using var journal = await StartAsync();
        Assert.That((journal.Refuse(Artifact("A")), journal.Refuse(Artifact("B"))), Is.EqualTo(((string?)null, (string?)null)));

        var first = await journal.BeginAsync(Artifact("A"), CancellationToken.None);
        var second = journal.BeginAsync(Artifact("B"), CancellationToken.None);
        Assert.That(second.IsCompleted, Is.False);
        first.Dispose();

        (await second).Dispose();
    }

    [Test]
    public async Task ALoadThatTheHostSurvives_WipesTheRecord()
    {
        await DieLoadingAsync("A");
        using (var journal = await StartAsync())
        {
            (await journal.BeginAsync(Artifact("A"), CancellationToken.None)).Dispose();
            await journal.SurvivedAsync(Artifact("A"));
        }

        await DieLoadingAsync("A");

        Assert.That((await StartAsync()).Refuse(Artifact("A")), Is.Null);
    }

    [Test]
    public async Task AHostThatEndsInGoodOrder_WhileSomethingHangs_HasNotDiedOfIt()
    {
        for (var i = 0; i < 3; i++)
        {
            using var journal = await StartAsync();
            await journal.BeginAsync(Artifact("A"), CancellationToken.None);
        }

        Assert.That((await StartAsync()).Refuse(Artifact("A")), Is.Null);
    }

    [Test]
    public async Task ARunOfAnotherPlugin_MayHaveEndedTheHostAsWell()
    {
        var runs = new RunStore(_database, TimeProvider.System);
        await runs.AddAsync(Run("B"), null, CancellationToken.None);
        await DieLoadingAsync("A");
        await DieLoadingAsync("A");

        Assert.That((await StartAsync()).Refuse(Artifact("A")), Is.Null);
    }

    [Test]
    public async Task AFileThatWasCut_IsNobodys()
    {
        await StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "loading", "x"), "{\"Plug");

        await StartAsync();

        Assert.That(Directory.GetFiles(Path.Combine(_directory.Path, "loading")), Is.Empty);
    }

    private async Task<LoadJournal> StartAsync(string? death = null)
    {
        var journal = new LoadJournal(_data, new LoadCrashStore(_database), new PreviousDeath(death), TimeProvider.System, NullLogger<LoadJournal>.Instance);
        await journal.StartAsync(CancellationToken.None);
        return journal;
    }

    private async Task DieLoadingAsync(params string[] plugins)
    {
        // Not disposed: it dies. Those that were being loaded before it did are no part of its record.
        var journal = new LoadJournal(_data, new LoadCrashStore(_database), new PreviousDeath(null), TimeProvider.System, NullLogger<LoadJournal>.Instance);
        if (Directory.Exists(Path.Combine(_directory.Path, "loading")))
        {
            await journal.StartAsync(CancellationToken.None);
            journal = new LoadJournal(_data, new LoadCrashStore(_database), new PreviousDeath(null), TimeProvider.System, NullLogger<LoadJournal>.Instance);
        }

        foreach (var plugin in plugins)
        {
            await journal.BeginAsync(Artifact(plugin), CancellationToken.None);
        }
    }

    private static RunInfo Run(string plugin) => new()
    {
        Id = "1", Script = $"{plugin}.Work", Plugin = plugin, Trigger = RunTrigger.Manual, QueuedAt = DateTimeOffset.UnixEpoch, State = RunState.Running, Attempt = 1, Node = "node",
    };

    private static PluginArtifact Artifact(string plugin, string content = "0123456789") => new()
    {
        PluginId = plugin, Source = "default", Project = "p.csproj", ContentKey = content, Commit = new string('a', 40), Author = "A", Message = "M", BuiltAt = DateTimeOffset.UnixEpoch,
        AssemblyFile = "A.dll", OutputHash = "", Directory = "", Inputs = new InputManifest { Files = [], Folders = [], Environment = "" },
    };
}
