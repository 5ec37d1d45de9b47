using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using PluginHost.Running;

namespace PluginHost.Isolation;

/// <summary>In the worker: tells the host what a script says of its run.</summary>
internal sealed class RemoteOutput(string runId, Action<WorkerMessage> send) : IRunOutput
{
    public void Write(string level, string text) => send(new LineWritten(runId, level, text));

    public void Log(LogLevel level, string text) => send(new TextLogged(runId, level, text));

    public void ReportProgress(RunProgress progress) => send(new ProgressReported(runId, progress));

    public void SetResult(JsonNode? result) => send(new ResultSet(runId, result));
}
