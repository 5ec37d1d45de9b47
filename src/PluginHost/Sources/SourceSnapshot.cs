using PluginHost.Sources.Drops;

namespace PluginHost.Sources;

/// <summary>A commit of a source: who, what, and the files.</summary>
internal sealed record SourceSnapshot
{
    /// <summary>The source's name in the configuration.</summary>
    public required string Source { get; init; }

    /// <summary>The branch that was followed to it, or null when HEAD was detached.</summary>
    public required string? Branch { get; init; }

    /// <summary>The full id of the commit.</summary>
    public required string Commit { get; init; }

    public required string Author { get; init; }

    /// <summary>The first line of the commit's message.</summary>
    public required string Message { get; init; }

    /// <summary>Empty when the commit is refused.</summary>
    public required SourceTree Tree { get; init; }

    /// <summary>Who signed the commit, with which key; null when that was not asked.</summary>
    public string? Signer { get; init; }

    /// <summary>Why nothing of the commit may be deployed; null when it is accepted.</summary>
    public string? Refusal { get; init; }

    /// <summary>What lies there built, where the source is a folder of drops; null where it is source code.</summary>
    public IReadOnlyList<DroppedPlugin>? Drops { get; init; }

    /// <summary>What is wrong with parts of the source, for its operator; null when nothing is.</summary>
    public string? Problem { get; init; }

    /// <summary>Opens the content of a file by its object id.</summary>
    public required Func<string, Stream> OpenContent { get; init; }

    public string ReadText(SourceFile file)
    {
        using var reader = new StreamReader(OpenContent(file.Id));
        return reader.ReadToEnd();
    }
}
