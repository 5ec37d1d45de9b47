using System.Globalization;
using PluginHost.Scripts;

namespace PluginHost.Cluster.Nodes;

/// <summary>Gives each node a name of its own, the same after each start.</summary>
internal static class NodeNames
{
    /// <summary>Two nodes on one machine have the machine's name, and a data directory each.</summary>
    public static void Complete(PluginHostOptions options)
    {
        if (options.NodeName == Environment.MachineName)
        {
            var directory = Path.GetFullPath(options.DataDirectory);
            options.NodeName = $"{options.NodeName}-{StableHash.Of(directory).ToString("x16", CultureInfo.InvariantCulture)[..6]}";
        }
    }
}
