namespace PluginHost.Artifacts;

/// <summary>Builds that several hosts share: what one of them has built, the others take. Whatever fails here, a host builds for itself.</summary>
internal interface ISharedArtifacts
{
    /// <summary>Whether there is anybody to share with.</summary>
    bool IsOn { get; }

    /// <summary>How large a package may be, in bytes.</summary>
    long MaxBytes { get; }

    /// <summary>Claims a piece of work, once nobody else has it. A claim ends with the process that holds it.</summary>
    /// <param name="work">Names the work; the same on all hosts.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The claim, to be disposed of when the work is done; null when another host has had it for longer than one waits.</returns>
    Task<IAsyncDisposable?> ClaimAsync(string work, CancellationToken cancellationToken);

    /// <summary>The builds of a plugin that were made for such hosts as this one, newest first.</summary>
    /// <param name="pluginId">The plugin.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<PluginArtifact>> ListAsync(string pluginId, CancellationToken cancellationToken);

    /// <summary>The package of a build, as <see cref="ArtifactPackage"/> makes it; null when it is no longer there.</summary>
    Task<byte[]?> FetchAsync(PluginArtifact artifact, CancellationToken cancellationToken);

    /// <summary>Offers a build to the others, in place of what is there under its content key.</summary>
    Task PutAsync(PluginArtifact artifact, byte[] package, CancellationToken cancellationToken);
}

/// <summary>A host alone.</summary>
internal sealed class NoSharedArtifacts : ISharedArtifacts
{
    public bool IsOn => false;

    public long MaxBytes => 0;

    public Task<IAsyncDisposable?> ClaimAsync(string work, CancellationToken cancellationToken) => Task.FromResult<IAsyncDisposable?>(null);

    public Task<IReadOnlyList<PluginArtifact>> ListAsync(string pluginId, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<PluginArtifact>>([]);

    public Task<byte[]?> FetchAsync(PluginArtifact artifact, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(null);

    public Task PutAsync(PluginArtifact artifact, byte[] package, CancellationToken cancellationToken) => Task.CompletedTask;
}
