using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using McMaster.NETCore.Plugins;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;

namespace PluginHost.Loading;

/// <summary>Gives a plugin a copy of its own of a framework assembly that would keep it in memory if it shared the host's.</summary>
/// <remarks>
/// Microsoft.CSharp alone: what <c>dynamic</c> was used on stays in its static tables for ever. The others that remember
/// types (<see cref="TypeCaches"/>) stay shared, because host and plugin exchange their types: a plugin's own
/// ValidationAttribute would be none to the host. What a context has loaded already, it uses; so loading is enough.
/// </remarks>
internal sealed class PrivateAssemblies(SharedAssemblies shared, IOptions<PluginHostOptions> options)
{
    private const string Dynamic = "Microsoft.CSharp";

    /// <summary>Loads what the plugin needs of its own. Before any of its code runs.</summary>
    public void LoadInto(PluginLoader loader, PluginArtifact artifact)
    {
        if (options.Value.Unload.PrivateDynamic && !shared.Has(Dynamic) && shared.FindPath(Dynamic) is { } path && UsesDynamic(Path.GetDirectoryName(artifact.AssemblyPath)!))
        {
            loader.LoadAssemblyFromPath(path);
        }
    }

    /// <summary>Whether an assembly in the folder refers to it, and none of them is it.</summary>
    private static bool UsesDynamic(string folder) =>
        !File.Exists(Path.Combine(folder, Dynamic + ".dll")) && Directory.EnumerateFiles(folder, "*.dll").Any(RefersToDynamic);

    private static bool RefersToDynamic(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        if (!image.HasMetadata)
        {
            return false;
        }

        var metadata = image.GetMetadataReader();
        return metadata.AssemblyReferences.Any(handle => metadata.StringComparer.Equals(metadata.GetAssemblyReference(handle).Name, Dynamic));
    }
}
