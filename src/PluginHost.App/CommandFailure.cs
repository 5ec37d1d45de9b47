namespace PluginHost.App;

/// <summary>A command ends without having done what it was asked for.</summary>
/// <param name="message">What failed, what that means and what to do.</param>
/// <param name="exitCode">One of <see cref="App.ExitCode"/>.</param>
internal sealed class CommandFailure(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
