using PluginHost.Running;

namespace PluginHost.Isolation;

/// <summary>A run in a worker, as the host has it.</summary>
/// <param name="start">What the worker is told.</param>
/// <param name="output">Takes what the script says.</param>
/// <param name="state">What the script keeps: checked here again, whatever the worker has checked.</param>
/// <param name="spans">Takes the spans of the script; null when nobody wants them.</param>
internal sealed class RunInWorker(StartRun start, IRunOutput output, StateStore state, ForwardedSpans? spans)
{
    private readonly TaskCompletionSource<RunError?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Id => start.Facts.RunId;

    public StartRun Start => start;

    /// <summary>Null, or why the script failed.</summary>
    public Task<RunError?> Ended => _ended.Task;

    public void End(RunError? error) => _ended.TrySetResult(error);

    public void Fail(WorkerException failure) => _ended.TrySetException(failure);

    /// <summary>Takes a message of the worker about this run, on the thread that reads.</summary>
    /// <param name="message">The message.</param>
    /// <param name="answer">Sends an answer to it, later.</param>
    public void Take(RunMessage message, Action<ValueAnswer> answer)
    {
        switch (message)
        {
            case LineWritten line:
                output.Write(line.Level, line.Text);
                break;
            case TextLogged logged:
                output.Log(logged.Level, logged.Text);
                break;
            case ProgressReported reported:
                output.ReportProgress(reported.Progress);
                break;
            case ResultSet set:
                output.SetResult(set.Result);
                break;
            case ValueCall call:
                _ = Task.Run(async () => answer(await ValueCalls.AnswerAsync(call, state)));
                break;
            case SpanEnded ended:
                spans?.Take(ended.Span);
                break;
            case RunEnded end:
                End(end.Error);
                break;
        }
    }
}
