using System.Text.Json.Nodes;
using PluginHost.App.Output;
using Spectre.Console;

namespace PluginHost.App.Client;

/// <summary>Shows a run's log until it ends, and how it ended.</summary>
internal static class RunFollower
{
    /// <returns>Done when the run has succeeded.</returns>
    public static async Task<int> FollowAsync(ClientCall call, RunInfo run)
    {
        if (!call.IsJson && run.State == RunState.Queued && run.StartAt is { } start)
        {
            call.Output.Note($"Run {run.Id} starts at {call.Local(start)}.");
        }

        var log = new LogStream(call.Api, run.Id, call.Time, call.Output.Note);
        try
        {
            await foreach (var line in log.ReadAsync(call.Cancellation))
            {
                // With --json the answer alone belongs on the standard output.
                if (call.IsJson)
                {
                    call.Output.Note(line);
                }
                else
                {
                    call.Output.Log(line);
                }
            }
        }
        catch (OperationCanceledException) when (call.Cancellation.IsCancellationRequested)
        {
            call.Output.Note($"Stopped following. Run {run.Id} goes on; to stop it: pluginhost cancel {run.Id}");
            return ExitCode.Failed;
        }

        var answer = await call.Api.GetAsync<RunInfo>($"runs/{run.Id}", call.Cancellation);
        call.Write(answer, ended => WriteEnd(call, ended));
        return answer.Value.State == RunState.Succeeded ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Writes the log so far.</summary>
    public static int WriteLog(ClientCall call, RunInfo run, string log)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (call.IsJson)
        {
            call.Output.Json(new JsonObject { ["run"] = run.Id, ["lines"] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]) }.ToJsonString());
            return ExitCode.Done;
        }

        foreach (var line in lines)
        {
            call.Output.Log(line);
        }

        if (!run.IsFinished)
        {
            call.Output.Note($"The run goes on. Watch it: pluginhost logs {run.Id} --follow");
        }

        return ExitCode.Done;
    }

    private static void WriteEnd(ClientCall call, RunInfo run)
    {
        if (run.Error is { } error)
        {
            call.Output.Failure($"{error.Type}: {error.Message}");
        }

        if (run.Result is { } result)
        {
            call.Output.Line($"Result: {result.ToJsonString(ResultJson.Readable)}");
        }

        var took = run.DurationMs is { } duration ? $" after {Show.Duration(duration)}" : "";
        call.Output.Line(new Cell($"Run {run.Id} of {run.Script} {RunText.HowItEnded(run.State)}{took}.", run.State == RunState.Succeeded ? Color.Green : Color.Red));
    }
}
