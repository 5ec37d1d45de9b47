using Microsoft.Extensions.Options;
using PluginHost.Swapping;

namespace PluginHost.Running;

/// <summary>Tells which bounds hold for the runs of a script.</summary>
internal sealed class RunLimits(IOptions<PluginHostOptions> options, ISharedPlaces shared)
{
    // One at a time is what people mean who name a group and say no more.
    private const int OfAGroup = 1;

    /// <summary>The bounds, that of the script itself first and that of the host last.</summary>
    /// <param name="scriptId">The script.</param>
    /// <param name="script">As it is live; null when it is not.</param>
    public IReadOnlyList<RunLimitRule> Of(string scriptId, LiveScript? script)
    {
        var runs = options.Value.Runs;
        var descriptor = script?.Descriptor;
        List<RunLimitRule> rules = [new($"script {scriptId}", descriptor is { MaxConcurrent: > 0 and var most } ? most : int.MaxValue)];
        if (descriptor?.Group is { } group)
        {
            rules.Add(new($"group {group}", runs.Groups.TryGetValue(group, out var places) ? places : shared.Most(group) ?? OfAGroup));
        }

        if (script is not null && runs.MaxConcurrentPerPlugin is { } ofAPlugin)
        {
            rules.Add(new($"plugin {script.Plugin.Id}", ofAPlugin));
        }

        rules.Add(new("host", runs.MaxConcurrent));
        return rules;
    }
}
