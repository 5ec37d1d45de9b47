using System.Text.Json;
using System.Text.Json.Serialization;
using PluginHost.Planning;

namespace PluginHost.Building;

/// <summary>Whose NuGet packages are in place in a workspace, and what they were fetched for: fetching them takes longer than compiling.</summary>
/// <remarks>A version with a wildcard is looked up when the packages are fetched, and stays as it was found until one of these files changes.</remarks>
internal sealed partial class RestoredPackages
{
    private readonly string _file;
    private readonly SortedDictionary<string, InputManifest> _byProject;

    public RestoredPackages(string file)
    {
        _file = file;
        _byProject = Read(file);
    }

    public bool AreInPlace(string project, ChangePlan plan) =>
        _byProject.TryGetValue(project, out var fetched) && fetched.FirstDifference(plan.Snapshot.Tree, plan.Environment) is null;

    /// <summary>A project that came as far as compiling had its packages.</summary>
    public void Remember(BuildReport report)
    {
        var changed = false;
        foreach (var result in report.Plugins.Values)
        {
            var known = _byProject.GetValueOrDefault(result.Project);
            if (result.PackageInputs is null)
            {
                changed |= _byProject.Remove(result.Project);
            }
            else if (known?.ContentKey != result.PackageInputs.ContentKey)
            {
                _byProject[result.Project] = result.PackageInputs;
                changed = true;
            }
        }

        if (changed)
        {
            File.WriteAllBytes(_file, JsonSerializer.SerializeToUtf8Bytes(_byProject, RestoredPackagesJson.Default.SortedDictionaryStringInputManifest));
        }
    }

    private static SortedDictionary<string, InputManifest> Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), RestoredPackagesJson.Default.SortedDictionaryStringInputManifest) ?? [];
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            // The first build, or a host that was killed while it wrote: everything is fetched, which is never wrong.
            return [];
        }
    }

    [JsonSerializable(typeof(SortedDictionary<string, InputManifest>))]
    private sealed partial class RestoredPackagesJson : JsonSerializerContext;
}
