using System.Text.Json;
using System.Text.Json.Serialization;
using PluginHost.Planning;

namespace PluginHost.Building;

/// <summary>Whose NuGet packages are in place in a workspace, and what they were fetched for: fetching them takes longer than compiling.</summary>
/// <remarks>A version with a wildcard is looked up when the packages are fetched, and stays as it was found until one of these files changes.</remarks>
internal sealed partial class RestoredPackages
{
    private readonly SortedDictionary<string, InputManifest> _byProject;

    private RestoredPackages(SortedDictionary<string, InputManifest> byProject) => _byProject = byProject;

    public static RestoredPackages Read(string file)
    {
        try
        {
            return new(JsonSerializer.Deserialize(File.ReadAllBytes(file), Json.Default.SortedDictionaryStringInputManifest) ?? []);
        }
        catch (Exception failure) when (failure is IOException or JsonException)
        {
            // The first build, or a host that was killed while it wrote: everything is fetched, which is never wrong.
            return new([]);
        }
    }

    public void Write(string file) => File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(_byProject, Json.Default.SortedDictionaryStringInputManifest));

    public bool AreInPlace(string project, ChangePlan plan) =>
        _byProject.TryGetValue(project, out var fetched) && fetched.FirstDifference(plan.Snapshot.Tree, plan.Environment) is null;

    /// <summary>A project that came as far as compiling had its packages.</summary>
    public void Remember(BuildReport report)
    {
        foreach (var result in report.Plugins.Values)
        {
            if (result.PackageInputs is { } inputs)
            {
                _byProject[result.Project] = inputs;
            }
            else
            {
                _byProject.Remove(result.Project);
            }
        }
    }

    [JsonSerializable(typeof(SortedDictionary<string, InputManifest>))]
    private sealed partial class Json : JsonSerializerContext;
}
