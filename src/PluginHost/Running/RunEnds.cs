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

    private async Task<bool> KeepTryingAsync(Task<bool> first, RunInfo finished, IReadOnlyList<RunInfo> following)
    {
        if (await first)
        {
            return true;
        }

        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await Task.Delay(pause, time, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }

            if (await TryAsync(finished, following) is null)
            {
                return true;
            }
        }
    }

    private async Task<bool> TryFirstAsync(RunInfo finished, IReadOnlyList<RunInfo> following)
    {
        if (await TryAsync(finished, following) is not { } failure)
        {
            return true;
        }

        // Said once: a disk that stays full must not be filled with that, too.
        LogNotStored(failure, finished.Id, finished.Script);
        return false;
    }

    /// <returns>Why it failed, or null.</returns>
    private async Task<Exception?> TryAsync(RunInfo finished, IReadOnlyList<RunInfo> following)
    {
        try
        {
            await store.EndAsync(finished, following, CancellationToken.None);
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    [LoggerMessage(EventId = 705, Level = LogLevel.Error, Message = "The end of run '{RunId}' of script '{ScriptId}' could not be stored; it is tried again, and if the host dies before, the run counts as lost. Look at the data directory: is its disk full, or read-only?")]
    private partial void LogNotStored(Exception failure, string runId, string scriptId);

    /// <summary>A storing under way.</summary>
    /// <param name="FirstTry">Whether it succeeded at once.</param>
    /// <param name="Done">Whether it succeeded in the end; false when the host stopped before.</param>
    internal readonly record struct Storing(Task<bool> FirstTry, Task<bool> Done);
}
