namespace PluginHost.Running;

/// <summary>Tells which versions runs need that are stored and have not ended.</summary>
internal interface IWantedVersions
{
    /// <summary>The ids of the versions, of whatever plugin.</summary>
    IReadOnlySet<string> WantedVersions { get; }
}
