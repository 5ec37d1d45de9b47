using PluginHost.Planning;

namespace PluginHost.Building;

/// <summary>What the build of one commit gave.</summary>
/// <param name="Plugins">One result for each plugin that was to be built, by plugin id.</param>
internal sealed record BuildReport(IReadOnlyDictionary<string, BuildResult> Plugins)
{
    public static readonly BuildReport Nothing = new(new Dictionary<string, BuildResult>());
}

/// <summary>What the build of one plugin gave: an output, or a problem.</summary>
internal sealed record BuildResult
{
    /// <summary>Everything that went into it; null when the build failed before that was known.</summary>
    public InputManifest? Inputs { get; init; }

    /// <summary>Where the output is, or null when it failed.</summary>
    public ProjectOutput? Output { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public PluginProblem? Problem { get; init; }
}
