using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using PluginHost.Running;

namespace PluginHost.Testing;

/// <summary>Keeps what a script reports of its run, without its secrets, until the run has ended.</summary>
internal sealed class TestOutput(ActiveRun run, TestLog log) : IRunOutput
{
    private readonly Lock _lock = new();
    private readonly List<RunProgress> _progress = [];

    /// <summary>Every report of progress, where a host keeps the last.</summary>
    public IReadOnlyList<RunProgress> Progress
    {
        get
        {
            lock (_lock)
            {
                return [.. _progress];
            }
        }
    }

    public void Write(string level, string text) => Log(LogLevel.Information, text);

    public void Log(LogLevel level, string text) => log.CreateLogger("").Log(level, "{Text}", text);

    public void ReportProgress(RunProgress progress)
    {
        if (run.Info.IsFinished)
        {
            return;
        }

        var hidden = progress with { Message = progress.Message is { } message ? run.Secrets.Hide(message) : null };
        run.Update(info => info with { Progress = hidden });
        lock (_lock)
        {
            _progress.Add(hidden);
        }
    }

    public void SetResult(JsonNode? result) => run.SetResult(run.Secrets.Hide(result));
}
