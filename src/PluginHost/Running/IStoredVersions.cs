using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Lends a version of a plugin other than the live one.</summary>
internal interface IStoredVersions
{
    /// <summary>Loads the version if need be; answers null when the host does not keep it.</summary>
    Task<VersionLease?> LeaseAsync(string pluginId, string version, CancellationToken cancellationToken);
}
