using System.Diagnostics;
using System.IO.Compression;
using Microsoft.Extensions.Options;
using Npgsql;
using PluginHost.Artifacts;
using PluginHost.Cluster.Builds;
using PluginHost.Cluster.Postgres;
using PluginHost.History;
using PluginHost.Swapping;
using PluginHost.TestInfra;
using PluginHost.Tests.Planning;

namespace PluginHost.Tests.Clusters;

/// <summary>Hosts that share what they build, through PostgreSQL or a folder.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class SharedBuildsTests(bool throughFolder)
{
    private readonly ClusterOptions _options = new() { ConnectionString = SharedPostgres.ConnectionString };
    private readonly PluginHostOptions _host = new();
    private readonly MemoryRepository _repository = new MemoryRepository()
        .Write("plugins/A/A.csproj", PluginSource.Project())
        .Write("plugins/A/A.cs", "class A;")
        .Write("plugins/B/B.csproj", PluginSource.Project())
        .Write("plugins/B/B.cs", "class B;");

    private TestDirectory _directory = null!;
    private PostgresDatabase _database = null!;
    private PostgresSource _source = null!;
    private ISharedArtifacts _shared = null!;
    private SharingHost _one = null!;
    private SharingHost _other = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _options.Schema = $"test_{Guid.NewGuid():n}";
        _options.Builds = new SharedBuildOptions { Folder = throughFolder ? _directory.Combine("shared") : null, Wait = TimeSpan.FromSeconds(20) };
        _host.Retention = new RetentionOptions();
        _database = new PostgresDatabase(_options.ConnectionString, _options.Schema);
        _source = new PostgresSource(_options.ConnectionString, _options.Schema);
        _shared = Store();
        _one = new SharingHost("one", _shared);
        _other = new SharingHost("other", Store());
    }

    [TearDown]
    public void TearDown()
    {
        _one.Dispose();
        _other.Dispose();
        _source.Dispose();
        _database.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task ACommitThatAnotherHostBuilds_IsWaitedFor_AndTaken()
    {
        var begun = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var first = _one.DeployAsync(_repository, whileBuilding: () =>
        {
            begun.SetResult();
            return goOn.Task;
        });
        await begun.Task;
        var second = _other.DeployAsync(_repository);
        await Task.WhenAny(second, Task.Delay(300));
        Assert.That(second.IsCompleted, Is.False, "the first one is at it");
        goOn.SetResult();

        Assert.That(await first, Is.EqualTo("A by one, B by one"));
        Assert.That(await second, Is.EqualTo("A by one, B by one"));
        var taken = _other.Catalog.Of("A").Single();
        Assert.That((taken.Node, taken.OutputHash, taken.Version), Is.EqualTo(("one", _one.Catalog.Of("A").Single().OutputHash, _one.Catalog.Of("A").Single().Version)));
        Assert.That(ArtifactStore.FindDamage(taken), Is.Null);
    }

    [Test]
    public async Task OnlyWhatNobodyHasBuilt_IsBuilt()
    {
        await _one.DeployAsync(_repository);
        _repository.Write("plugins/B/B.cs", "class B2;");

        Assert.That(await _other.DeployAsync(_repository), Is.EqualTo("A by one, B by other"));
        Assert.That(await _one.DeployAsync(_repository), Is.EqualTo("A by one, B by other"));
    }

    [Test]
    public async Task AHostWithAnotherSdkOrContract_TakesNothing()
    {
        await _one.DeployAsync(_repository);

        Assert.That(await _other.DeployAsync(_repository, environment: "sdk of tomorrow"), Is.EqualTo("A by other, B by other"));
    }

    [Test]
    public async Task WhatIsDamaged_IsBuiltAgain_AndSharedAnew()
    {
        await _one.DeployAsync(_repository);
        var damaged = (await _shared.ListAsync("A", default)).Single();
        var package = Replace((await _shared.FetchAsync(damaged, default))!, "files/de/texts.dll", "TEXTS");
        await _shared.PutAsync(damaged, package, default);
        Assert.That(() => ArtifactPackage.Unpack(package, damaged, _directory.Combine("unpacked")), Throws.InstanceOf<InvalidDataException>());

        Assert.That(await _other.DeployAsync(_repository), Is.EqualTo("A by other, B by one"));
        using var third = new SharingHost("third", _shared);
        Assert.That(await third.DeployAsync(_repository), Is.EqualTo("A by other, B by one"));
    }

    [Test]
    public async Task ADescriptionThatDoesNotFitItsContentKey_IsNotBelieved()
    {
        await _one.DeployAsync(_repository);
        var offered = (await _shared.ListAsync("A", default)).Single();
        _repository.Write("plugins/A/A.cs", "class A2;");
        var manifest = PluginHost.Planning.InputManifest.Capture(_repository.Snapshot().Tree, offered.Inputs.Files.Keys, offered.Inputs.Folders.Keys, "sdk");
        var forged = offered with { Inputs = manifest };
        await _shared.PutAsync(forged, ArtifactPackage.Pack(forged with { Directory = _one.Catalog.Of("A").Single().Directory }, long.MaxValue), default);

        Assert.That(await _other.DeployAsync(_repository), Is.EqualTo("A by other, B by one"));
    }

    [Test]
    public async Task ABuilderThatTakesTooLong_IsNotWaitedForAnyLonger()
    {
        _options.Builds.Wait = TimeSpan.FromMilliseconds(300);
        await using var claim = await _shared.ClaimAsync("build", default);
        Assert.That(claim, Is.Not.Null);

        Assert.That(await Store().ClaimAsync("build", default), Is.Null);
        await using var another = await Store().ClaimAsync("another build", default);
        Assert.That(another, Is.Not.Null);
    }

    [Test]
    public async Task ABuilderThatDies_LeavesTheWorkToWhoeverWaits()
    {
        var claim = await _shared.ClaimAsync("build", default);
        var waiting = Store().ClaimAsync("build", default);
        if (throughFolder)
        {
            // What the system does with the files of a process that is gone.
            ((FileStream)claim!).SafeFileHandle.Dispose();
        }
        else
        {
            await using var administrator = await _source.OpenAsync(default);
            await using var kill = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND pid <> pg_backend_pid()", administrator);
            await kill.ExecuteNonQueryAsync();
        }

        await using var taken = await waiting.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.That(taken, Is.Not.Null);
        await _one.Builds.ReleaseAsync(claim);
    }

    [Test]
    public async Task OfEachPluginTheNewestAreKept_AndWhatIsPinned()
    {
        _host.Retention.Versions.Count = 2;
        var pinned = "";
        for (var i = 0; i < 4; i++)
        {
            _repository.Write("plugins/A/A.cs", $"class A{i};");
            await _one.DeployAsync(_repository);
            if (i == 0)
            {
                pinned = _one.Catalog.Of("A")[0].ContentKey;
                await new PinStore(_database).SetAsync(new Pin("A", pinned, "v", null, DateTimeOffset.UtcNow), default);
                _shared = Store();
                _one.Dispose();
                _one = new SharingHost("one", _shared);
            }
        }

        var kept = (await _shared.ListAsync("A", default)).Select(artifact => artifact.ContentKey).ToList();
        Assert.That(kept, Is.EqualTo(_one.Catalog.Of("A").Take(2).Select(artifact => artifact.ContentKey).Append(pinned)));
    }

    [Test]
    public async Task AVersionThatAHostHasNeverBuilt_IsFoundForItsPin()
    {
        await _one.DeployAsync(_repository);
        var wanted = _one.Catalog.Of("A").Single();

        Assert.That((await _other.Builds.FindAsync("A", wanted.ContentKey, default))!.OutputHash, Is.EqualTo(wanted.OutputHash));
        Assert.That(_other.Catalog.Find("A", wanted.ContentKey), Is.Not.Null);
        Assert.That(await _other.Builds.FindAsync("A", "another", default), Is.Null);
    }

    [Test]
    public async Task WhatIsTooLarge_IsNotShared()
    {
        _options.Builds.MaxBytes = 10;

        Assert.That(await _one.DeployAsync(_repository), Is.EqualTo("A by one, B by one"));
        Assert.That(await _shared.ListAsync("A", default), Is.Empty);
    }

    [Test]
    public async Task AllTogether_TakeNoMoreThanTheirLimit()
    {
        await _one.DeployAsync(_repository);
        _options.Builds.MaxTotalBytes = (await _shared.FetchAsync((await _shared.ListAsync("A", default)).Single(), default))!.Length * 2;
        _repository.Write("plugins/A/A.cs", "class A2;");
        await _one.DeployAsync(_repository);

        Assert.That((await _shared.ListAsync("A", default)).Count + (await _shared.ListAsync("B", default)).Count, Is.LessThan(3).And.GreaterThan(0));
    }

    /// <remarks>What it takes is printed, for the documentation.</remarks>
    [Test]
    public async Task ABuildOfAnySize_ComesBackAsItWasOffered([Values(20_000, 1_000_000, 20_000_000)] int bytes)
    {
        await _one.DeployAsync(_repository);
        var artifact = _one.Catalog.Of("A").Single();
        var package = new byte[bytes];
        var (put, fetch) = (new List<double>(), new List<double>());
        for (var i = 0; i < 5; i++)
        {
            Random.Shared.NextBytes(package);
            byte[]? fetched = null;
            put.Add(await TimeAsync(() => _shared.PutAsync(artifact, package, default)));
            fetch.Add(await TimeAsync(async () => fetched = await _shared.FetchAsync(artifact, default)));
            Assert.That(fetched.AsSpan().SequenceEqual(package), Is.True);
        }

        await TestContext.Out.WriteLineAsync($"{(throughFolder ? "folder" : "database")}, {bytes} bytes, medians in ms: offer {put.Order().ElementAt(2):F1}, take {fetch.Order().ElementAt(2):F1}");
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var begun = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static byte[] Replace(byte[] package, string name, string content)
    {
        using var changed = new MemoryStream();
        changed.Write(package);
        using (var archive = new ZipArchive(changed, ZipArchiveMode.Update, leaveOpen: true))
        {
            archive.GetEntry(name)!.Delete();
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(content);
        }

        return changed.ToArray();
    }

    private ISharedArtifacts Store() => throughFolder
        ? new FolderArtifacts(Options.Create(_options), Options.Create(_host), new PinStore(_database), new LiveRegistry(), TimeProvider.System)
        : new DatabaseArtifacts(_source, Options.Create(_options), Options.Create(_host), TimeProvider.System);
}
