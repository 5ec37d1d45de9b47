using PluginHost.Artifacts;
using PluginHost.Loading;
using PluginHost.Swapping;

namespace PluginHost.Tests.Swapping;

public sealed class PluginVersionTests
{
    private static readonly PluginArtifact Artifact = Make.Artifact(new string('0', 64));

    private readonly List<Task<LoadedPlugin>?> _unloaded = [];
    private int _loads;
    private TaskCompletionSource<LoadedPlugin> _load = new();

    [Test]
    public async Task OneKnownFromDisk_IsLoadedWhenItIsFirstUsed_AndOnce()
    {
        var version = Lazy();
        using var one = version.TryLease()!;
        using var two = version.TryLease()!;
        Assert.That(_loads, Is.Zero, "a lease alone loads nothing");

        var asked = new[] { one.FindScriptAsync("A.Work"), two.FindScriptAsync("A.Work") };
        _load.SetResult(new LoadedPlugin(Artifact, null!, null!, []));
        await Task.WhenAll(asked);

        Assert.That(_loads, Is.EqualTo(1));
    }

    [Test]
    public void OneThatWasNeverUsed_IsRetired_WithoutBeingLoaded()
    {
        var version = Lazy();

        version.Retire();

        Assert.That(_unloaded, Is.EqualTo(new Task<LoadedPlugin>?[] { null }));
        Assert.That((_loads, version.TryLease()), Is.EqualTo((0, (VersionLease?)null)));
    }

    [Test]
    public async Task ALoadThatFailed_IsTriedAgainByTheNextRun()
    {
        var version = Lazy();
        using var lease = version.TryLease()!;
        _load.SetException(new ConflictException("The share is away."));
        await Assert.ThatAsync(() => lease.FindScriptAsync("A.Work"), Throws.InstanceOf<ConflictException>());

        _load = new TaskCompletionSource<LoadedPlugin>();
        _load.SetResult(new LoadedPlugin(Artifact, null!, null!, []));

        Assert.That(await lease.FindScriptAsync("A.Work"), Is.Null, "the version has no such script");
        Assert.That(_loads, Is.EqualTo(2));
    }

    [Test]
    public async Task TheLastLease_UnloadsARetiredVersion_AndNotBefore()
    {
        var version = Lazy();
        var lease = version.TryLease()!;
        _load.SetResult(new LoadedPlugin(Artifact, null!, null!, []));
        await lease.FindScriptAsync("A.Work");

        version.Retire();
        Assert.That(_unloaded, Is.Empty);
        lease.Dispose();
        lease.Dispose();

        Assert.That(_unloaded, Has.Count.EqualTo(1));
        Assert.That((await _unloaded[0]!).Artifact, Is.SameAs(Artifact));
    }

    private PluginVersion Lazy() => new(
        Artifact, [],
        () =>
        {
            _loads++;
            return _load.Task;
        },
        (_, loaded) => _unloaded.Add(loaded));
}
