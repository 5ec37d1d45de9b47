using PluginHost.Artifacts;
using PluginHost.Planning;

namespace PluginHost.Pipeline;

/// <summary>What of a commit is built here, for all hosts that share builds; the others wait until it is disposed of.</summary>
/// <param name="plan">What is left to build.</param>
/// <param name="owner">Whom it is offered to; null for a host alone.</param>
/// <param name="claim">Keeps others from building it; null when nothing does.</param>
internal sealed class SharedBuild(ChangePlan plan, SharedBuilds? owner, IAsyncDisposable? claim) : IAsyncDisposable
{
    private Task _offered = Task.CompletedTask;

    public ChangePlan Plan { get; } = plan;

    /// <summary>Offers what was built to the others, while it goes live here.</summary>
    public void Offer(IReadOnlyList<Candidate> candidates, CancellationToken cancellationToken)
    {
        IReadOnlyList<PluginArtifact> built = [.. candidates.Where(candidate => candidate.Planned.Action == PlanAction.Build).Select(candidate => candidate.Artifact).OfType<PluginArtifact>()];
        if (owner is not null && built.Count > 0)
        {
            _offered = Task.Run(() => owner.OfferAsync(built, cancellationToken), cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // Once it is told that the host stops, what is not offered yet is not missed.
        await _offered.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (owner is not null)
        {
            await owner.ReleaseAsync(claim);
        }
    }
}
