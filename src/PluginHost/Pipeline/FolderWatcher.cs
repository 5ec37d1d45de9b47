using Microsoft.Extensions.Logging;
using PluginHost.Sources;

namespace PluginHost.Pipeline;

/// <summary>Looks at a folder as soon as a file in it is written; its poll is for what the system does not tell, as on a share.</summary>
internal sealed partial class FolderWatcher(ISource source, string dataDirectory, SourceWatcher watcher, TimeProvider time, ILogger<FolderWatcher> logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var changes = new FolderChanges(source.Url, dataDirectory, time);
            while (true)
            {
                await changes.WaitAsync(cancellationToken);
                await LookAsync(cancellationToken);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            LogNotWatched(source.Url, failure.Message);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await watcher.CheckAsync(DeploymentTrigger.Poll, cancellationToken);
        }
        catch (SourceException)
        {
            // Said where it happened; the next change or poll looks again.
        }
    }

    [LoggerMessage(EventId = 113, Level = LogLevel.Warning, Message = "The system does not tell changes in {Folder} ({Reason}), so a written file is noticed by the next poll only.")]
    private partial void LogNotWatched(string folder, string reason);
}
