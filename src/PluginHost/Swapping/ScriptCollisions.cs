using PluginHost.Loading;

namespace PluginHost.Swapping;

/// <summary>Script ids are unique in the host. The dot that joins plugin and name may also stand within either, so two plugins can collide.</summary>
internal static class ScriptCollisions
{
    /// <summary>Why a plugin cannot join those that stay, or null.</summary>
    public static PluginProblem? Find(LoadedPlugin candidate, IEnumerable<PluginVersion> staying)
    {
        var taken = staying
            .SelectMany(version => version.Scripts)
            .FirstOrDefault(script => candidate.FindScript(script.Id) is not null);
        return taken is null
            ? null
            : new PluginProblem(
                ProblemStage.Load,
                candidate.Artifact.Commit,
                $"The script id '{taken.Id}' is taken by plugin '{taken.PluginId}', and ids are unique in the host. Rename one of the two with [Script(Name = \"…\")].",
                []);
    }
}
