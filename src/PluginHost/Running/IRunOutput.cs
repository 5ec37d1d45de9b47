using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace PluginHost.Running;

/// <summary>Takes what a script says of its run. Only text and JSON, so that no object of the plugin gets out. Safe to use from several threads.</summary>
internal interface IRunOutput
{
    /// <summary>Adds an entry to the log of the run.</summary>
    /// <param name="level">Three letters: TRC, DBG, INF, WRN, ERR, CRT, or OUT for the console.</param>
    /// <param name="text">What to log.</param>
    void Write(string level, string text);

    /// <summary>What the script logs: for the log of its run, and for the host's own.</summary>
    void Log(LogLevel level, string text);

    void ReportProgress(RunProgress progress);

    void SetResult(JsonNode? result);
}
