using System.Diagnostics;

namespace PluginHost.Processes;

internal static class ProcessExit
{
    /// <summary>
    /// Waits until the process itself has ended. <see cref="Process.WaitForExitAsync"/> also waits until its output ends,
    /// which a grandchild that outlives it can put off for ever.
    /// </summary>
    public static async Task WaitForExitAsyncWithoutOutput(this Process process, CancellationToken cancellationToken)
    {
        var exited = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => exited.TrySetResult();
        if (process.HasExited)
        {
            return;
        }

        await exited.Task.WaitAsync(cancellationToken);
    }
}
