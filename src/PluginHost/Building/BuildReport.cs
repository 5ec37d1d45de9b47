using PluginHost.Planning;
using PluginHost.Sources.Drops;

namespace PluginHost.Building;

/// <summary>What the build of one commit gave.</summary>
/// <param name="Plugins">One result for each plugin that was to be built, by plugin id.</param>
internal sealed record BuildReport(IReadOnlyDictionary<string, BuildResult> Plugins)
{
    public static readonly BuildReport Nothing = new(new Dictionary<string, BuildResult>());

    /// <summary>How long it took until the packages were in place; null when they already were.</summary>
    public TimeSpan? RestoreTime { get; init; }

    /// <summary>The report of these plugins and those of another.</summary>
    public BuildReport And(BuildReport others) => others.Plugins.Count == 0
        ? this
        : this with { Plugins = Plugins.Concat(others.Plugins).ToDictionary(StringComparer.OrdinalIgnoreCase) };

    /// <summary>The same report with some results replaced by those of a second try.</summary>
    public BuildReport With(BuildReport again) =>
        new(Plugins.ToDictionary(result => result.Key, result => again.Plugins.GetValueOrDefault(result.Key, result.Value), StringComparer.OrdinalIgnoreCase))
        {
            RestoreTime = RestoreTime is null ? again.RestoreTime : RestoreTime + (again.RestoreTime ?? TimeSpan.Zero),
        };
}

/// <summary>What the build of one plugin gave: an output, or a problem.</summary>
internal sealed record BuildResult
{
    /// <summary>The project file, from the root of the repository.</summary>
    public required string Project { get; init; }

    /// <summary>What its packages were chosen by; null when the build ended before they were in place.</summary>
    public InputManifest? PackageInputs { get; init; }

    /// <summary>Everything that went into it; null when the build failed before that was known.</summary>
    public InputManifest? Inputs { get; init; }

    /// <summary>Where the output is, or null when it failed.</summary>
    public ProjectOutput? Output { get; init; }

    /// <summary>The drop that it is; null for what was built here.</summary>
    public Drop? Drop { get; init; }

    /// <summary>What the compiler and the other tools warned of in the plugin's own project, the first hundred.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];

    /// <summary>Whether it failed without a word, as it does when a build server crashes.</summary>
    public bool IsUnexplained { get; init; }

    /// <summary>
    /// Whether its packages were not fetched because the restore of all broke down at another project, as it does when
    /// projects reference each other in a circle.
    /// </summary>
    public bool WasLeftOut { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public PluginProblem? Problem { get; init; }
}
