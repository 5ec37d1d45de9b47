using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using PluginHost.Artifacts;
using PluginHost.Hosting;
using PluginHost.Pipeline;
using PluginHost.Planning;
using PluginHost.TestInfra;
using PluginHost.Tests.Planning;

namespace PluginHost.Tests.Clusters;

/// <summary>One of several hosts that share builds, as far as that goes: it plans a commit, and its builds are files that say who built them.</summary>
internal sealed class SharingHost : IDisposable
{
    private readonly TestDirectory _directory = new();
    private readonly DataDirectory _data;
    private readonly ArtifactStore _store;
    private readonly string _name;

    public SharingHost(string name, ISharedArtifacts shared, ILogger<SharedBuilds>? logger = null)
    {
        _name = name;
        _data = Make.DataDirectory(_directory.Combine("data"));
        _store = Make.ArtifactStore(_data, Catalog);
        Builds = new SharedBuilds(shared, _store, TimeProvider.System, logger ?? NullLogger<SharedBuilds>.Instance);
    }

    public ArtifactCatalog Catalog { get; } = new();

    public SharedBuilds Builds { get; }

    /// <summary>Deploys a commit up to what goes live.</summary>
    /// <returns>Who built what is live now, by plugin.</returns>
    public async Task<string> DeployAsync(MemoryRepository repository, string environment = "sdk", Func<Task>? whileBuilding = null)
    {
        var plan = new ChangePlanner(new ProjectScanner(), Catalog).Plan(
            repository.Snapshot(), "plugins", environment,
            new KnownPlugins(new Dictionary<string, PluginArtifact>(), new Dictionary<string, string>(), new Dictionary<string, Rejection>(), new Dictionary<string, PluginArtifact>()));
        await using var work = await Builds.BeginAsync(plan, default);
        if (work.Plan.ToBuild.Count > 0 && whileBuilding is not null)
        {
            await whileBuilding();
        }

        var candidates = work.Plan.Plugins.Select(planned => new Candidate(planned) { Artifact = planned.Artifact ?? Build(work.Plan, planned) }).ToList();
        work.Offer(candidates, default);
        return string.Join(", ", candidates.Select(candidate => $"{candidate.PluginId} {File.ReadAllText(candidate.Artifact!.AssemblyPath)}"));
    }

    public void Dispose()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    private PluginArtifact Build(ChangePlan plan, PlannedPlugin planned)
    {
        var output = _directory.Combine("output", Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(Path.Combine(output, "de"));
        File.WriteAllText(Path.Combine(output, $"{planned.PluginId}.dll"), $"by {_name}");
        File.WriteAllText(Path.Combine(output, "de", "texts.dll"), "texts");
        var folder = $"plugins/{planned.PluginId}";
        var inputs = InputManifest.Capture(plan.Snapshot.Tree, WellKnownFiles.For(planned.Project).Append(planned.Project), [folder], plan.Environment);
        return _store.Keep(
            new PluginArtifact
            {
                PluginId = planned.PluginId, Source = "default", Project = planned.Project, ContentKey = inputs.ContentKey, Commit = plan.Snapshot.Commit,
                Author = "", Message = "", BuiltAt = DateTimeOffset.UtcNow, Node = _name, AssemblyFile = $"{planned.PluginId}.dll", OutputHash = "", Inputs = inputs,
            },
            output);
    }
}
