using Microsoft.Extensions.Logging;
using PluginHost.History;

namespace PluginHost.Running;

/// <summary>Stores how runs ended. What the disk refuses is tried again: a run that has ended must not look as if it went on for ever.</summary>
internal sealed partial class RunEnds(RunStore store, TimeProvider time, ILogger<RunEnds> logger) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Stores the end of a run and the runs that follow it, all or nothing.</summary>
    public Storing StoreAsync(RunInfo finished, IReadOnlyList<RunInfo> following)
    {
        var first = TryFirstAsync(finished, following);
        return new Storing(first, KeepTryingAsync(first, finished, following));
    }

    /// <summary>From now on, what fails is given up on.</summary>
    public void Stop() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();

    private async Task<IReadOnlyList<RunInfo>?> KeepTryingAsync(Task<IReadOnlyList<RunInfo>?> first, RunInfo finished, IReadOnlyList<RunInfo> following)
    {
        if (await first is { } stored)
        {
            return stored;
        }

        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await Task.Delay(pause, time, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return null;
            }

            if (await TryAsync(finished, following) is (var next, null))
            {
                return next;
            }
        }
    }

    private async Task<IReadOnlyList<RunInfo>?> TryFirstAsync(RunInfo finished, IReadOnlyList<RunInfo> following)
    {
        var (stored, failure) = await TryAsync(finished, following);
        if (failure is not null)
        {
            // Said once: a disk that stays full must not be filled with that, too.
            LogNotStored(failure, finished.Id, finished.Script);
        }

        return stored;
    }

    private async Task<(IReadOnlyList<RunInfo>? Following, Exception? Failure)> TryAsync(RunInfo finished, IReadOnlyList<RunInfo> following)
    {
        try
        {
            if (await store.EndAsync(finished, following, CancellationToken.None) is { } stored)
            {
                return (stored, null);
            }

            LogTakenOver(finished.Id, finished.Script);
            return ([], null);
        }
        catch (Exception failure)
        {
            return (null, failure);
        }
    }

    [LoggerMessage(EventId = 705, Level = LogLevel.Error, Message = "The end of run '{RunId}' of script '{ScriptId}' could not be stored; it is tried again, and if the host dies before, the run counts as lost. Look at the data directory: is its disk full, or read-only?")]
    private partial void LogNotStored(Exception failure, string runId, string scriptId);

    [LoggerMessage(EventId = 708, Level = LogLevel.Warning, Message = "Run '{RunId}' of script '{ScriptId}' has ended here, but another node has taken it for lost meanwhile, and that stays. What follows it is decided there.")]
    private partial void LogTakenOver(string runId, string scriptId);

    /// <summary>A storing under way.</summary>
    /// <param name="FirstTry">The runs that follow, as they are stored; null when it did not succeed at once.</param>
    /// <param name="Done">The same; null when the host stopped before it succeeded.</param>
    internal readonly record struct Storing(Task<IReadOnlyList<RunInfo>?> FirstTry, Task<IReadOnlyList<RunInfo>?> Done);
}
