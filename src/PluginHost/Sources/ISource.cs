namespace PluginHost.Sources;

/// <summary>Where the files of plugins come from.</summary>
internal interface ISource : IDisposable
{
    string Name { get; }

    /// <summary>What it is.</summary>
    SourceKind Kind { get; }

    /// <summary>Where it is, without credentials.</summary>
    string Url { get; }

    /// <summary>The watched folder.</summary>
    string Folder { get; }

    /// <summary>What is there now. Answers the given snapshot itself when nothing has changed.</summary>
    /// <exception cref="SourceException">It cannot be read.</exception>
    Task<SourceSnapshot> PullAsync(SourceSnapshot? current, CancellationToken cancellationToken);

    /// <summary>Takes a commit from now on although it does not descend from the one before it. Nothing where there is no history.</summary>
    /// <param name="commit">Its id, or the beginning of it.</param>
    void AcceptRewrite(string commit)
    {
    }
}
