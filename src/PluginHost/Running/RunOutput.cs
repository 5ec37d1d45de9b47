using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using PluginHost.Hosting;

namespace PluginHost.Running;

/// <summary>Keeps what a script says of its run, without its secrets.</summary>
internal sealed class RunOutput(ActiveRun run, RunLog log, ILogger host, HostEvents events) : IRunOutput
{
    public void Write(string level, string text) => log.Write(level, text);

    public void Log(LogLevel level, string text)
    {
        var hidden = run.Secrets.Hide(text);
        log.Write(Name(level), hidden);

        // What comes from a worker comes on a thread that reads for many runs.
        if (Activity.Current is null && run.Span is { IsStopped: false } span)
        {
            Activity.Current = span;
            host.Log(level, "{Text}", hidden);
            Activity.Current = null;
        }
        else
        {
            host.Log(level, "{Text}", hidden);
        }
    }

    public void ReportProgress(RunProgress progress)
    {
        var hidden = progress with { Message = progress.Message is { } message ? run.Secrets.Hide(message) : null };
        run.Update(info => info with { Progress = hidden });
        events.Publish(HostEventKind.Run, run.Id);
    }

    public void SetResult(JsonNode? result) => run.SetResult(run.Secrets.Hide(result));

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Debug => "DBG",
        LogLevel.Information => "INF",
        LogLevel.Warning => "WRN",
        LogLevel.Error => "ERR",
        LogLevel.Critical => "CRT",
        _ => "TRC",
    };
}
