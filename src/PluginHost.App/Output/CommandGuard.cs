using System.CommandLine;
using System.Runtime.InteropServices;

namespace PluginHost.App.Output;

/// <summary>Runs a command's work: Ctrl-C ends it in order, and a failure is a sentence and an exit code.</summary>
internal static class CommandGuard
{
    public static async Task<int> RunAsync(ParseResult result, Func<CommandOutput, CancellationToken, Task<int>> act, CancellationToken cancellationToken)
    {
        var output = new CommandOutput(result.InvocationConfiguration);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await act(output, stop.Token);
        }
        catch (CommandFailure failure)
        {
            output.Failure(failure.Message);
            return failure.ExitCode;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            output.Note("Stopped before it was done.");
            return ExitCode.Failed;
        }

        void Stop(PosixSignalContext signal)
        {
            // The first asks; a second one ends the process as it always does.
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }
}
