using PluginHost.Planning;

namespace PluginHost.Artifacts;

/// <summary>A build that is kept: an immutable folder and what it was built from.</summary>
internal sealed record PluginArtifact
{
    public required string PluginId { get; init; }

    public required string Source { get; init; }

    /// <summary>The project file, from the root of the repository; of a drop, which has none, <c>PLUGIN/PLUGIN.dll</c>.</summary>
    public required string Project { get; init; }

    /// <summary>Hash of everything that went into the build.</summary>
    public required string ContentKey { get; init; }

    /// <summary>The commit it was built from; of a drop without one, what stands for it.</summary>
    public required string Commit { get; init; }

    public required string Author { get; init; }

    /// <summary>The first line of the commit's message.</summary>
    public required string Message { get; init; }

    /// <summary>Where the pipeline that dropped it shows its build; null when that is not known, or the host built it.</summary>
    public string? BuildUrl { get; init; }

    public required DateTimeOffset BuiltAt { get; init; }

    /// <summary>The node that built it; null for what was kept before that was written down.</summary>
    public string? Node { get; init; }

    /// <summary>The plugin's own assembly, a file name within <see cref="Directory"/>.</summary>
    public required string AssemblyFile { get; init; }

    /// <summary>Hash of the built files: two builds with the same one behave the same.</summary>
    public required string OutputHash { get; init; }

    /// <summary>Hash of each built file, by its path within <see cref="Directory"/>; null for what was kept before there were such.</summary>
    public IReadOnlyDictionary<string, string>? Files { get; init; }

    /// <summary>The space that the built files take.</summary>
    public long Bytes { get; init; }

    /// <summary>What the build warned of; null for what was kept before that was.</summary>
    public IReadOnlyList<Diagnostic>? Warnings { get; init; }

    /// <summary>Everything that went into the build.</summary>
    public required InputManifest Inputs { get; init; }

    /// <summary>Where the built files are.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public string Directory { get; init; } = "";

    [System.Text.Json.Serialization.JsonIgnore]
    public string Version => $"{Commit[..7]}-{ContentKey[..8]}";

    [System.Text.Json.Serialization.JsonIgnore]
    public string AssemblyPath => Path.Combine(Directory, AssemblyFile);
}
