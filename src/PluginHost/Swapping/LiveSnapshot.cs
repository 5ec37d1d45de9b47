using System.Collections.Frozen;
using PluginHost.Scripts;

namespace PluginHost.Swapping;

/// <summary>A plugin as new runs see it.</summary>
/// <param name="Source">The source it comes from.</param>
/// <param name="Version">The version that new runs use.</param>
/// <param name="Since">When that version went live.</param>
internal sealed record LivePlugin(string Source, PluginVersion Version, DateTimeOffset Since)
{
    public string Id => Version.PluginId;
}

/// <summary>A script as new runs see it.</summary>
internal sealed record LiveScript(LivePlugin Plugin, ScriptDescriptor Descriptor);

/// <summary>Everything that is live at one moment. Never changed, only replaced whole.</summary>
internal sealed class LiveSnapshot
{
    public static readonly LiveSnapshot Empty = new([]);

    public LiveSnapshot(IEnumerable<LivePlugin> plugins)
    {
        Plugins = plugins.ToFrozenDictionary(plugin => plugin.Id, StringComparer.OrdinalIgnoreCase);
        Scripts = Plugins.Values
            .SelectMany(plugin => plugin.Version.Scripts.Select(script => new LiveScript(plugin, script)))
            .ToFrozenDictionary(script => script.Descriptor.Id, StringComparer.OrdinalIgnoreCase);
    }

    public FrozenDictionary<string, LivePlugin> Plugins { get; }

    public FrozenDictionary<string, LiveScript> Scripts { get; }
}
