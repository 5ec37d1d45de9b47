namespace PluginHost.Sources;

/// <summary>A source could not be read. The message says what failed, what that means and what to do.</summary>
internal sealed class SourceException(SourceFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public SourceFailure Failure { get; } = failure;
}

internal enum SourceFailure
{
    /// <summary>Try again after a pause.</summary>
    Unreachable,

    /// <summary>The remote refused the credentials. Trying again soon would look like an attack.</summary>
    Unauthorized,

    /// <summary>The remote answered; the branch is not there, or has no commit. Or the drop folder is empty.</summary>
    NothingToDeploy,

    /// <summary>The clone's own files cannot be read, and a new clone did not help.</summary>
    CloneDamaged,
}
