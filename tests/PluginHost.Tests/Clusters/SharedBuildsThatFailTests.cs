using PluginHost.Artifacts;
using PluginHost.TestInfra;
using PluginHost.Tests.Planning;

namespace PluginHost.Tests.Clusters;

/// <summary>Whatever becomes of the place where builds are shared, a host goes on alone.</summary>
public sealed class SharedBuildsThatFailTests
{
    private readonly MemoryRepository _repository = new MemoryRepository().Write("plugins/A/A.csproj", PluginSource.Project()).Write("plugins/A/A.cs", "class A;");

    [Test]
    public async Task ACallThatFails_LeavesTheBuildToTheHost([Values] Asked failing)
    {
        var shared = new FailingArtifacts(failing);
        using var one = new SharingHost("one", new FailingArtifacts(null));
        using var other = new SharingHost("other", shared);
        await one.DeployAsync(_repository);
        shared.Offered = one.Catalog.Of("A");

        Assert.That(await other.DeployAsync(_repository), Is.EqualTo("A by other"));
        Assert.That(shared.Claims, Is.Zero, "what was claimed was given back");
    }

    public enum Asked
    {
        Claim,
        List,
        Fetch,
    }

    private sealed class FailingArtifacts(Asked? failing) : ISharedArtifacts, IAsyncDisposable
    {
        public long MaxBytes => long.MaxValue;

        public IReadOnlyList<PluginArtifact> Offered { get; set; } = [];

        public int Claims { get; private set; }

        public bool IsOn => true;

        public Task<IAsyncDisposable?> ClaimAsync(string work, CancellationToken cancellationToken)
        {
            FailAt(Asked.Claim);
            Claims++;
            return Task.FromResult<IAsyncDisposable?>(this);
        }

        public Task<IReadOnlyList<PluginArtifact>> ListAsync(string pluginId, CancellationToken cancellationToken)
        {
            FailAt(Asked.List);
            return Task.FromResult(failing == Asked.Fetch ? Offered : []);
        }

        public Task<byte[]?> FetchAsync(PluginArtifact artifact, CancellationToken cancellationToken)
        {
            FailAt(Asked.Fetch);
            return Task.FromResult<byte[]?>(null);
        }

        public Task PutAsync(PluginArtifact artifact, byte[] package, CancellationToken cancellationToken) =>
            failing is null ? Task.CompletedTask : throw new IOException("The share is away.");

        public ValueTask DisposeAsync()
        {
            Claims--;
            return ValueTask.CompletedTask;
        }

        private void FailAt(Asked step)
        {
            if (failing == step)
            {
                throw new IOException("The share is away.");
            }
        }
    }
}
