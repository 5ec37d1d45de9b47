using PluginHost.Artifacts;
using PluginHost.Planning;

namespace PluginHost.Pipeline;

/// <summary>What of a commit is built here, for all hosts that share builds; the others wait until it is disposed of.</summary>
/// <param name="plan">What is left to build.</param>
/// <param name="owner">Whom it is offered to; null for a host alone.</param>
/// <param name="claim">Keeps others from building it; null when nothing does.</param>
internal sealed class SharedBuild(ChangePlan plan, SharedBuilds? owner, IAsyncDisposable? claim) : IAsyncDisposable
{
    private IAsyncDisposable? _claim = claim;
    private Task _offered = Task.CompletedTask;

    public ChangePlan Plan { get; } = plan;

    /// <summary>Offers what was built to the others, while it goes live here.</summary>
    public void Offer(IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        IReadOnlyList<PluginArtifact> built = [.. candidates.Where(candidate => candidate.Planned.Action == PlanAction.Build).Select(candidate => candidate.Artifact).OfType<PluginArtifact>()];
        if (owner is not null && built.Count > 0)
        {
            _offered = Task.Run(() => OfferAsync(owner, built, cancellationToken), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Once it is told that the host stops, what is not offered yet is not missed.
        await _offered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await ReleaseAsync();
    }

    private async Task OfferAsync(SharedBuilds owner, IReadOnlyList<PluginArtifact> built, CancellationToken cancellationToken)
    {
        await owner.OfferAsync(built, cancellationToken);

        // The others go on from here; that it goes live here is none of their concern.
        await ReleaseAsync();
    }

    private Task ReleaseAsync() => owner is not null && Interlocked.Exchange(ref _claim, null) is { } held ? owner.ReleaseAsync(held) : Task.CompletedTask;
}
