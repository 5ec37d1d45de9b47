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

    private readonly ILookup<string, (LiveScript Script, RunAfterOutcome On)> _runAfter;

    public LiveSnapshot(IEnumerable<LivePlugin> plugins)
    {
        Plugins = plugins.ToFrozenDictionary(plugin => plugin.Id, StringComparer.OrdinalIgnoreCase);
        Scripts = Plugins.Values
            .SelectMany(plugin => plugin.Version.Scripts.Select(script => new LiveScript(plugin, script)))
            .ToFrozenDictionary(script => script.Descriptor.Id, StringComparer.OrdinalIgnoreCase);
        _runAfter = Scripts.Values
            .SelectMany(script => script.Descriptor.RunAfter, (script, after) => (Script: script, After: after))
            .ToLookup(follower => follower.After.Script, follower => (follower.Script, follower.After.On), StringComparer.OrdinalIgnoreCase);
    }

    public FrozenDictionary<string, LivePlugin> Plugins { get; }

    public FrozenDictionary<string, LiveScript> Scripts { get; }

    /// <summary>The scripts that run after the runs of a script, and after which outcome.</summary>
    public IEnumerable<(LiveScript Script, RunAfterOutcome On)> RunAfter(string scriptId) => _runAfter[scriptId];

    /// <summary>The ids of the scripts whose plugin is not the same here and there, in no order; one that moved from plugin to plugin may be named twice.</summary>
    public IEnumerable<string> ScriptsThatDiffer(LiveSnapshot other) =>
        Plugins.Values.Where(plugin => !ReferenceEquals(other.Plugins.GetValueOrDefault(plugin.Id), plugin))
            .Concat(other.Plugins.Values.Where(plugin => !ReferenceEquals(Plugins.GetValueOrDefault(plugin.Id), plugin)))
            .SelectMany(plugin => plugin.Version.Scripts)
            .Select(script => script.Id);
}
