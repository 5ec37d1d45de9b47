using PluginHost.Scripts;

namespace PluginHost.Swapping;

/// <summary>Looks at which scripts run after which: a ring of them would never stop.</summary>
internal static class ScriptChains
{
    /// <summary>Why a plugin cannot join those that stay, or null.</summary>
    public static PluginProblem? FindRing(PluginVersion candidate, IEnumerable<PluginVersion> staying)
    {
        var after = new Dictionary<string, ScriptDescriptor>(StringComparer.OrdinalIgnoreCase);
        foreach (var script in staying.Append(candidate).SelectMany(version => version.Scripts))
        {
            after[script.Id] = script;
        }

        return candidate.Scripts.Where(script => script.RunAfter.Count > 0).Select(script => FindRing(script, after)).FirstOrDefault(ring => ring is not null) is { } found
            ? new PluginProblem(
                ProblemStage.Schedule,
                candidate.Commit,
                $"These scripts run after each other in a ring, which would never stop: {string.Join(" after ", found.Select(id => $"'{id}'"))}. Take one [RunAfter(…)] away.",
                [])
            : null;
    }

    /// <summary>The names that no script has.</summary>
    public static IEnumerable<(string Script, string After)> FindUnknown(PluginVersion version, LiveSnapshot snapshot) =>
        from script in version.Scripts
        from after in script.RunAfter
        where !snapshot.Scripts.ContainsKey(after.Script)
        select (script.Id, after.Script);

    /// <summary>The way from a script back to itself, or null.</summary>
    private static List<string>? FindRing(ScriptDescriptor start, Dictionary<string, ScriptDescriptor> scripts)
    {
        // Each script that is reached, and the one that runs after it.
        var reached = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var open = new Queue<ScriptDescriptor>([start]);
        while (open.TryDequeue(out var script))
        {
            foreach (var next in script.RunAfter.Where(after => reached.TryAdd(after.Script, script.Id)))
            {
                if (next.Script.Equals(start.Id, StringComparison.OrdinalIgnoreCase))
                {
                    return WayBack(start.Id, reached);
                }

                if (scripts.TryGetValue(next.Script, out var known))
                {
                    open.Enqueue(known);
                }
            }
        }

        return null;
    }

    private static List<string> WayBack(string start, Dictionary<string, string> reached)
    {
        List<string> ring = [start];
        for (var id = reached[start]; ; id = reached[id])
        {
            ring.Insert(0, id);
            if (id.Equals(start, StringComparison.OrdinalIgnoreCase))
            {
                return ring;
            }
        }
    }
}
