using PluginHost.Processes;

namespace PluginHost.Building;

/// <summary>Keeps one <c>dotnet build</c> started that waits to be told what to build.</summary>
/// <remarks>
/// With warm servers, half of what a small build takes is the start of the command: the runtime, the SDK's lookup, its
/// code. The one that waits has that behind it. It reads its arguments from the standard input, as a response file.
/// </remarks>
internal sealed class BuildStandby(BuildCommand command, ChildProcess processes) : IDisposable
{
    private const string Quiet = "q";

    // Not complete by itself: when the host dies, the command that waits reads nothing, and must not build whatever lies
    // in its folder.
    private static readonly string[] Begin = ["build", "--verbosity"];

    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Waiting? _waiting;
    private bool _disposed;

    // Only on Linux is the standard input a file that a command can be told to read.
    private bool Used => OperatingSystem.IsLinux() && !command.IsPrefixed;

    /// <summary>Starts one for the next build in the same place, unless one waits already.</summary>
    /// <param name="folder">Where it runs; the SDK is looked up from there.</param>
    /// <param name="sdkKey">Changes when another SDK would be found.</param>
    public void Prepare(string folder, string sdkKey)
    {
        lock (_lock)
        {
            if (!Used || _disposed || _waiting?.Fits(folder, sdkKey) == true)
            {
                return;
            }

            End();
            _waiting = new Waiting(folder, sdkKey, processes.Start(command.Dotnet(folder, [.. Begin, "@/dev/stdin"])));
        }
    }

    /// <summary>Runs a build to its end, with the command that waits when it fits.</summary>
    public async Task<ChildExit> RunAsync(
        string folder, string sdkKey, IReadOnlyList<string> arguments, Action<string> onLine, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var prepared = Take(folder, sdkKey);
        if (prepared is not null)
        {
            return await prepared.FinishAsync([Quiet, .. arguments], onLine, timeout, cancellationToken);
        }

        using var process = processes.Start(command.Dotnet(folder, [.. Begin, Quiet, .. arguments]));
        try
        {
            return await process.FinishAsync([], onLine, timeout, cancellationToken);
        }
        finally
        {
            if (command.IsPrefixed)
            {
                // Nothing of a build that runs apart outlives it, whosever it is.
                await processes.RunAsync(command.KillSession(folder, process.Id), _ => { }, KillLimit, CancellationToken.None);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            End();
        }
    }

    private void End()
    {
        // Forgotten first: what comes next may fail.
        var process = _waiting?.Process;
        _waiting = null;
        process?.Dispose();
    }

    private StartedProcess? Take(string folder, string sdkKey)
    {
        lock (_lock)
        {
            if (_waiting?.Fits(folder, sdkKey) != true)
            {
                return null;
            }

            var process = _waiting.Process;
            _waiting = null;
            return process;
        }
    }

    private sealed record Waiting(string Folder, string SdkKey, StartedProcess Process)
    {
        public bool Fits(string folder, string sdkKey) => Folder == folder && SdkKey == sdkKey && !Process.HasEnded;
    }
}
