using Microsoft.Extensions.Logging;
using PluginHost.Artifacts;
using PluginHost.Planning;

namespace PluginHost.Pipeline;

/// <summary>Lets one of several hosts build a commit, and the others take what it has built. Where that does not work, each builds for itself.</summary>
internal sealed partial class SharedBuilds(ISharedArtifacts shared, ArtifactStore store, TimeProvider time, ILogger<SharedBuilds> logger)
{
    // What is shared may lie where nothing answers any more, and a deployment must not wait for that.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Whether there is anybody to share with.</summary>
    public bool IsOn => shared.IsOn;

    /// <summary>Takes what is built already, and claims the rest: whoever has claimed it before is waited for.</summary>
    /// <returns>What is left to build here.</returns>
    public async Task<SharedBuild> BeginAsync(ChangePlan plan, CancellationToken cancellationToken)
    {
        IAsyncDisposable? claim = null;
        try
        {
            plan = await TakeAsync(plan, cancellationToken);
            if (plan.ToBuild.Count == 0)
            {
                return new SharedBuild(plan, this, null);
            }

            claim = await shared.ClaimAsync(WorkOf(plan), cancellationToken);
            if (claim is null)
            {
                LogWaited(plan.Snapshot.Commit);
                return new SharedBuild(await TakeAsync(plan, cancellationToken), this, null);
            }

            // Whoever had the claim may have built some of it, or all.
            return new SharedBuild(await TakeAsync(plan, cancellationToken), this, claim);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogAway(failure, plan.Snapshot.Commit);
            return new SharedBuild(plan, this, claim);
        }
        catch
        {
            await ReleaseAsync(claim);
            throw;
        }
    }

    /// <summary>Takes one build, whatever the commit.</summary>
    /// <returns>The build as it is kept here; null when nobody offers it, or it cannot be had now.</returns>
    public async Task<PluginArtifact?> FindAsync(string pluginId, string contentKey, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var offered in await WithinAsync(() => shared.ListAsync(pluginId, cancellationToken), cancellationToken))
            {
                if (offered.ContentKey == contentKey && await KeepAsync(offered, offered.Source, cancellationToken) is { } kept)
                {
                    return kept;
                }
            }
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTaken(failure, pluginId);
        }

        return null;
    }

    /// <summary>Offers builds to the others. What cannot be offered they build for themselves.</summary>
    public async Task OfferAsync(IReadOnlyList<PluginArtifact> artifacts, CancellationToken cancellationToken)
    {
        foreach (var artifact in shared.IsOn ? artifacts : [])
        {
            try
            {
                var package = ArtifactPackage.Pack(artifact, shared.MaxBytes);
                await WithinAsync(async () => { await shared.PutAsync(artifact, package, cancellationToken); return true; }, cancellationToken);
            }
            catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
            {
                LogNotOffered(failure, artifact.PluginId, artifact.Version);
            }
        }
    }

    public async Task ReleaseAsync(IAsyncDisposable? claim)
    {
        try
        {
            if (claim is not null)
            {
                await claim.DisposeAsync();
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            // It ends with its connection or its file, then.
            LogNotReleased(failure);
        }
    }

    private Task<T> WithinAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken) => Task.Run(ask, cancellationToken).WaitAsync(Limit, time, cancellationToken);

    // Two sources may be the same repository, by different names.
    private static string WorkOf(ChangePlan plan) => $"build {plan.Snapshot.Commit} {plan.Environment}";

    private async Task<ChangePlan> TakeAsync(ChangePlan plan, CancellationToken cancellationToken)
    {
        var plugins = plan.Plugins.ToArray();
        for (var i = 0; i < plugins.Length; i++)
        {
            if (plugins[i].Action == PlanAction.Build)
            {
                plugins[i] = await TakeAsync(plan, plugins[i], cancellationToken);
            }
        }

        return plan with { Plugins = plugins };
    }

    private async Task<PlannedPlugin> TakeAsync(ChangePlan plan, PlannedPlugin planned, CancellationToken cancellationToken)
    {
        foreach (var offered in await WithinAsync(() => shared.ListAsync(planned.PluginId, cancellationToken), cancellationToken))
        {
            if (Fits(offered, plan, planned) && await KeepAsync(offered, plan.Snapshot.Source, cancellationToken) is { } kept)
            {
                LogTaken(planned.PluginId, kept.Version, offered.Node ?? "another");
                return planned with { Action = PlanAction.Reuse, Artifact = kept, Reason = $"{planned.Reason}, and node {offered.Node ?? "another"} has built this content" };
            }
        }

        return planned;
    }

    /// <summary>The rule by which a host reuses its own builds: all that went into it is in the commit, and this host would build it so.</summary>
    private static bool Fits(PluginArtifact offered, ChangePlan plan, PlannedPlugin planned) =>
        offered.Project == planned.Project && offered.Inputs.ContentKey == offered.ContentKey && offered.Inputs.FirstDifference(plan.Snapshot.Tree, plan.Environment) is null;

    private async Task<PluginArtifact?> KeepAsync(PluginArtifact offered, string source, CancellationToken cancellationToken)
    {
        if (await WithinAsync(() => shared.FetchAsync(offered, cancellationToken), cancellationToken) is not { } package)
        {
            return null;
        }

        try
        {
            return store.Keep(offered with { Source = source }, package);
        }
        catch (InvalidDataException damage)
        {
            LogDamaged(offered.PluginId, offered.Version, damage.Message);
            return null;
        }
    }

    [LoggerMessage(EventId = 520, Level = LogLevel.Information, Message = "Version '{Version}' of plugin '{PluginId}' is taken from node '{Node}', which has built it.")]
    private partial void LogTaken(string pluginId, string version, string node);

    [LoggerMessage(EventId = 521, Level = LogLevel.Warning, Message = "Another node has been building commit {Commit} for longer than this one waits, so it is built here as well.")]
    private partial void LogWaited(string commit);

    [LoggerMessage(EventId = 522, Level = LogLevel.Warning, Message = "What other nodes have built cannot be had at present, so commit {Commit} is built here.")]
    private partial void LogAway(Exception failure, string commit);

    [LoggerMessage(EventId = 523, Level = LogLevel.Warning, Message = "Version '{Version}' of plugin '{PluginId}', as the nodes share it, is damaged and is not taken: {Damage}. It is built here.")]
    private partial void LogDamaged(string pluginId, string version, string damage);

    [LoggerMessage(EventId = 524, Level = LogLevel.Warning, Message = "Version '{Version}' of plugin '{PluginId}' could not be offered to the other nodes, which build it for themselves.")]
    private partial void LogNotOffered(Exception failure, string pluginId, string version);

    [LoggerMessage(EventId = 525, Level = LogLevel.Warning, Message = "The claim to a build could not be given back; it ends by itself.")]
    private partial void LogNotReleased(Exception failure);

    [LoggerMessage(EventId = 526, Level = LogLevel.Warning, Message = "Whether other nodes have the wanted version of plugin '{PluginId}' cannot be found out at present.")]
    private partial void LogNotTaken(Exception failure, string pluginId);
}
