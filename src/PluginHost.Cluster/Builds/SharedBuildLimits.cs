namespace PluginHost.Cluster.Builds;

/// <summary>How large what is shared may be.</summary>
internal static class SharedBuildLimits
{
    /// <exception cref="InvalidDataException">The package is too large.</exception>
    public static void Check(byte[] package, SharedBuildOptions options)
    {
        if (package.Length > options.MaxBytes)
        {
            throw new InvalidDataException(
                $"The build is {package.Length} bytes, compressed, and builds of at most {options.MaxBytes} are shared ({ClusterOptions.SectionName}:Builds:MaxBytes), so each node builds it for itself.");
        }
    }
}
