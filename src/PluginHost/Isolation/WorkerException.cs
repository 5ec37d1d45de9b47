namespace PluginHost.Isolation;

/// <summary>A worker could not do what it was to do. Its type and message become the error of the run.</summary>
/// <param name="type">One of the names here.</param>
/// <param name="message">What happened, what that means and what to do.</param>
/// <param name="output">What the worker wrote to its standard error, or empty.</param>
internal sealed class WorkerException(string type, string message, string output) : Exception(message)
{
    /// <summary>It ended, or was ended, while the run was under way.</summary>
    public const string Died = "WorkerDied";

    /// <summary>It could not be started, or did not load the plugin.</summary>
    public const string NotStarted = "WorkerNotStarted";

    public RunError ToRunError() => new(type, Message, output.Length == 0 ? null : output);
}
