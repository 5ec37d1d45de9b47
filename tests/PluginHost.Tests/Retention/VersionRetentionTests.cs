using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Retention;
using PluginHost.Running;
using PluginHost.Swapping;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Retention;

public sealed class VersionRetentionTests
{
    private static readonly DateTimeOffset Start = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;
    private ArtifactCatalog _catalog = null!;
    private ArtifactStore _store = null!;
    private HistoryDatabase _database = null!;
    private PinStore _pins = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Combine("data"));
        _catalog = new ArtifactCatalog();
        _store = Make.ArtifactStore(_data, _catalog);
        _database = new SqliteDatabase(_data);
        _pins = new PinStore(_database);
        Directory.CreateDirectory(_directory.Combine("output"));
        File.WriteAllText(_directory.Combine("output", "A.dll"), "code");
    }

    [TearDown]
    public void TearDown()
    {
        _database.Dispose();
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void WhatIsLive_AndWhatStillHoldsRuns_IsKept_HoweverOldItIs()
    {
        var versions = Enumerable.Range(0, 6).Select(Keep).ToList();
        var live = new LiveRegistry();
        var draining = Make.DrainingVersions();
        live.Swap(new LiveSnapshot([new LivePlugin("default", draining.Track(Loaded(versions[0])), Start)]));
        var older = draining.Track(Loaded(versions[1]));
        using var run = older.TryLease();
        draining.Retire(older);

        Sweep(live, draining, new RetentionLimit { Count = 2 });

        Assert.That(_catalog.Of("A").Select(artifact => artifact.ContentKey[0] - '0'), Is.EquivalentTo(new[] { 0, 1, 4, 5 }));
        Assert.That(Directory.GetDirectories(Path.Combine(_data.Artifacts, "A")), Has.Length.EqualTo(4));
    }

    [Test]
    public async Task WhatIsPinned_IsKept()
    {
        var versions = Enumerable.Range(0, 4).Select(Keep).ToList();
        await _pins.SetAsync(new Pin("a", versions[1].ContentKey, versions[1].Version, null, Start), CancellationToken.None);

        Sweep(new LiveRegistry(), Make.DrainingVersions(), new RetentionLimit { Count = 1 });

        Assert.That(_catalog.Of("A").Select(artifact => artifact.ContentKey[0] - '0'), Is.EquivalentTo(new[] { 1, 3 }));
    }

    [Test]
    public void TheSpaceOfAllPluginsTogether_IsLimited()
    {
        _ = Enumerable.Range(0, 4).Select(Keep).ToList();

        Sweep(new LiveRegistry(), Make.DrainingVersions(), new RetentionLimit { Bytes = 2 * "code".Length });

        Assert.That(_catalog.Of("A").Select(artifact => artifact.ContentKey[0] - '0'), Is.EquivalentTo(new[] { 2, 3 }));
    }

    [Test]
    public void WhatAWaitingRunNeeds_IsKept()
    {
        var versions = Enumerable.Range(0, 4).Select(Keep).ToList();

        Sweep(new LiveRegistry(), Make.DrainingVersions(), new RetentionLimit { Count = 1, Bytes = 1 }, versions[1].Version);

        Assert.That(_catalog.Of("A").Select(artifact => artifact.ContentKey[0] - '0'), Is.EquivalentTo(new[] { 1 }));
    }

    private void Sweep(LiveRegistry live, DrainingVersions draining, RetentionLimit limit, params string[] wanted) => new VersionRetention(
        _catalog, _store, live, draining, _pins, new Wanted(wanted), Options.Create(new PluginHostOptions { Retention = { Versions = limit } }),
        TimeProvider.System, NullLogger<VersionRetention>.Instance).Sweep();

    private sealed class Wanted(IEnumerable<string> versions) : IWantedVersions
    {
        public IReadOnlySet<string> WantedVersions { get; } = versions.ToHashSet(StringComparer.Ordinal);
    }

    private static LoadedPlugin Loaded(PluginArtifact artifact) => new(artifact, null!, null!, []);

    private PluginArtifact Keep(int number) => _store.Keep(
        Make.Artifact(new string((char)('0' + number), 64)) with { BuiltAt = Start.AddHours(number) },
        _directory.Combine("output"));
}
