using System.Collections.Frozen;
using McMaster.NETCore.Plugins;
using PluginHost.Artifacts;
using PluginHost.Scripts;

namespace PluginHost.Loading;

/// <summary>A plugin's assembly in a load context of its own, and the scripts found in it.</summary>
internal sealed class LoadedPlugin(PluginArtifact artifact, PluginLoader loader, VersionServices services, IReadOnlyList<ScriptClass> scripts)
{
    private readonly FrozenDictionary<string, ScriptClass> _byId =
        scripts.ToFrozenDictionary(script => script.Descriptor.Id, StringComparer.OrdinalIgnoreCase);

    public PluginArtifact Artifact { get; } = artifact;

    public PluginLoader Loader { get; } = loader;

    /// <summary>What the constructors of its scripts may ask for.</summary>
    public VersionServices Services { get; } = services;

    public IReadOnlyList<ScriptClass> Scripts { get; } = scripts;

    public ScriptClass? FindScript(string scriptId) => _byId.GetValueOrDefault(scriptId);
}
