namespace PluginHost.Swapping;

/// <summary>Script ids are unique in the host. The dot that joins plugin and name may also stand within either, so two plugins can collide.</summary>
internal static class ScriptCollisions
{
    /// <summary>A script id that several of these have, with their plugins; null when each id is somebody's alone.</summary>
    public static (string ScriptId, IReadOnlyList<string> PluginIds)? Find(IEnumerable<PluginVersion> versions)
    {
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var script in versions.SelectMany(version => version.Scripts))
        {
            if (!owners.TryAdd(script.Id, script.PluginId))
            {
                return (script.Id, [owners[script.Id], script.PluginId]);
            }
        }

        return null;
    }

    public static PluginProblem Explain(PluginVersion refused, string scriptId, string takenBy) => new(
        ProblemStage.Load,
        refused.Commit,
        $"The script id '{scriptId}' is taken by plugin '{takenBy}', and ids are unique in the host. Rename one of the two with [Script(Name = \"…\")].",
        []);
}
