namespace PluginHost.Sources.Drops;

/// <summary>What lies in a drop folder for one plugin.</summary>
/// <param name="Plugin">The plugin's id: the name of its folder.</param>
/// <param name="Current">The newest drop that is whole; null when none is.</param>
/// <param name="Fault">What is wrong with newer ones, a sentence; null when nothing is, or they are still being copied, or cannot be read, which is the source's problem.</param>
internal sealed record DroppedPlugin(string Plugin, Drop? Current, string? Fault);

/// <summary>A drop that was found whole.</summary>
/// <param name="Version">The name of its folder.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Manifest">What it says of itself.</param>
/// <param name="LookAgain">Has its files compared with what it says once more: they have changed since.</param>
internal sealed record Drop(string Version, string Folder, DropManifest Manifest, Action LookAgain)
{
    /// <summary>Who signed it and with which key, where the source asks for that; else null.</summary>
    public string? Signer { get; init; }

    /// <summary>Names what is in it.</summary>
    public string ContentId { get; } = Manifest.ContentId();

    /// <summary>The commit it was built from; where the pipeline did not say, the beginning of <see cref="ContentId"/>, as long as a commit's.</summary>
    public string Commit => Manifest.Commit ?? ContentId[..40];

    public string Author => Manifest.Author ?? "unknown";

    public string Message => Manifest.Message ?? $"drop {Version}";
}
