using PluginHost.Artifacts;
using PluginHost.Building;
using PluginHost.Planning;
using PluginHost.Sources;
using PluginHost.Tests.Sources.Drops;

namespace PluginHost.Tests.Planning;

public sealed class DropPlanTests
{
    private readonly ArtifactCatalog _catalog = new();
    private readonly Dictionary<string, PluginArtifact> _live = [];
    private readonly Dictionary<string, PluginArtifact> _pinned = [];
    private DropFixture _drops = null!;

    [SetUp]
    public void SetUp()
    {
        _drops = new DropFixture();
        _live.Clear();
        _pinned.Clear();
    }

    [TearDown]
    public void TearDown() => _drops.Dispose();

    [Test]
    public async Task ANewDrop_IsTaken_AndKeptOnceItIsLive()
    {
        _drops.Drop("A", "1", 1, "one", commit: new string('c', 40));
        var plan = Plan(await _drops.LookAsync());
        Assert.That(Words(plan), Is.EqualTo("A Build drop 1 is the newest that is whole"));

        GoLive(plan);

        Assert.That(Words(Plan(await _drops.LookAsync())), Is.EqualTo("A Keep nothing it is made of changed"));
    }

    [Test]
    public async Task TheSameContentInAnotherDrop_IsNotTakenAgain()
    {
        _drops.Drop("A", "1", 1, "one");
        GoLive(Plan(await _drops.LookAsync()));
        _drops.Drop("A", "2", 2, "one");

        Assert.That(Words(Plan(await _drops.LookAsync())), Is.EqualTo("A Keep nothing it is made of changed"));
    }

    [Test]
    public async Task WhenTheNewestDropIsDeleted_TheStoredBuildOfTheOneBeforeIsUsed()
    {
        _drops.Drop("A", "1", 1, "one");
        GoLive(Plan(await _drops.LookAsync()));
        var second = _drops.Drop("A", "2", 2, "two");
        GoLive(Plan(await _drops.LookAsync()));
        Directory.Delete(second, recursive: true);

        Assert.That(Words(Plan(await _drops.LookAsync())), Is.EqualTo("A Reuse drop 1 is the newest that is whole, and a build of this content is stored"));
    }

    [Test]
    public async Task ABrokenDropAfterALiveOne_IsRefused_AndTheLiveOneStays()
    {
        _drops.Drop("A", "1", 1, "one");
        GoLive(Plan(await _drops.LookAsync()));
        File.Delete(Path.Combine(_drops.Drop("A", "2", 2, "two"), "A.dll"));

        var plan = Plan(await _drops.LookAtRestAsync());

        Assert.That(Words(plan), Is.EqualTo("A Reject Drop 2 of A is not taken: its file A.dll is missing. What is live stays live. It is taken when it is whole."));
        Assert.That((plan.Plugins[0].Problem!.Stage, plan.Removed.Count), Is.EqualTo((ProblemStage.Fetch, 0)));
    }

    [Test]
    public async Task WhereNothingIsLiveYet_TheWholeDropBeforeABrokenOneIsTaken_AndTheReasonSaysWhy()
    {
        _drops.Drop("A", "1", 1, "one");
        File.Delete(Path.Combine(_drops.Drop("A", "2", 2, "two"), "A.dll"));

        Assert.That(Words(Plan(await _drops.LookAtRestAsync())), Is.EqualTo("A Build drop 1 is the newest that is whole; Drop 2 of A is not taken: its file A.dll is missing."));
    }

    [Test]
    public async Task ALivePluginWhoseOnlyDropIsHalfCopied_StaysAndIsNotRemoved_ANewOneIsNotThereYet()
    {
        _drops.Drop("A", "1", 1, "one");
        GoLive(Plan(await _drops.LookAsync()));
        Directory.Delete(Path.Combine(_drops.Root, "A", "1"), recursive: true);
        Directory.CreateDirectory(Path.Combine(_drops.Root, "A", "2"));
        Directory.CreateDirectory(Path.Combine(_drops.Root, "B", "1"));

        var plan = Plan(await _drops.LookAsync());

        Assert.That(Words(plan), Is.EqualTo("A Keep its newest drop is still being copied, or cannot be read"));
        Assert.That(plan.Removed, Is.Empty);
    }

    [Test]
    public async Task APluginWhoseFolderIsGone_IsRemoved()
    {
        _drops.Drop("A", "1", 1, "one");
        _drops.Drop("B", "1", 1, "one");
        GoLive(Plan(await _drops.LookAsync()));
        Directory.Delete(Path.Combine(_drops.Root, "A"), recursive: true);

        Assert.That(Plan(await _drops.LookAsync()).Removed, Is.EqualTo(new[] { "A" }));
    }

    [Test]
    public async Task APinnedPlugin_StaysAtItsVersion_WhateverIsDropped()
    {
        _drops.Drop("A", "1", 1, "one");
        GoLive(Plan(await _drops.LookAsync()));
        _pinned["A"] = _live["A"];
        _drops.Drop("A", "2", 2, "two");

        Assert.That(Words(Plan(await _drops.LookAsync())), Does.StartWith("A Keep it is pinned to version"));
    }

    private ChangePlan Plan(SourceSnapshot snapshot) => new ChangePlanner(new ProjectScanner(), _catalog).Plan(
        snapshot, "", DroppedBuilds.Environment, new KnownPlugins(_live, new Dictionary<string, string>(), new Dictionary<string, Rejection>(), _pinned));

    private void GoLive(ChangePlan plan)
    {
        foreach (var (id, build) in DroppedBuilds.Take(plan).Plugins)
        {
            var artifact = Make.Artifact(build.Inputs!.ContentKey) with { PluginId = id, Project = build.Project, Inputs = build.Inputs };
            _catalog.Add(artifact);
            _live[id] = artifact;
        }
    }

    private static string Words(ChangePlan plan) => string.Join(", ", plan.Plugins.Select(plugin => $"{plugin.PluginId} {plugin.Action} {plugin.Reason}"));
}
