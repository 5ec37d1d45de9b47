using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace PluginHost.Testing;

/// <summary>How a run in a test ended.</summary>
public sealed class ScriptResult
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    internal ScriptResult(RunInfo run, Exception? exception, IReadOnlyList<LogEntry> log, IReadOnlyList<RunProgress> progress) =>
        (Run, Exception, Log, Progress) = (run, exception, log, progress);

    /// <summary>The run as a host would show it.</summary>
    public RunInfo Run { get; }

    /// <summary>How it ended: succeeded, failed, cancelled or timed out.</summary>
    public RunState State => Run.State;

    /// <summary>What the script threw, also when it was cancelled; null when it threw nothing.</summary>
    public Exception? Exception { get; }

    /// <summary>What the script set as its result, as the JSON that a host keeps; null when it set none.</summary>
    public JsonNode? ResultJson => Run.Result;

    /// <summary>What it logged, oldest first.</summary>
    public IReadOnlyList<LogEntry> Log { get; }

    /// <summary>What it reported of its progress, oldest first.</summary>
    public IReadOnlyList<RunProgress> Progress { get; }

    /// <summary>The result, read from the JSON that a host keeps.</summary>
    /// <typeparam name="T">What it is to be read as. Names are compared without case.</typeparam>
    /// <returns>The default of the type when the script set no result.</returns>
    /// <exception cref="JsonException">The JSON cannot be read so.</exception>
    public T? GetResult<T>() => Run.Result is { } result ? result.Deserialize<T>(Json) : default;

    /// <summary>Throws unless the run succeeded.</summary>
    /// <returns>This result.</returns>
    /// <exception cref="ScriptFailedException">It did not; the message has the log, and the inner exception is that of the script.</exception>
    public ScriptResult EnsureSucceeded() => State == RunState.Succeeded ? this : throw new ScriptFailedException(this);
}

/// <summary>A run in a test did not succeed.</summary>
public sealed class ScriptFailedException : Exception
{
    internal ScriptFailedException(ScriptResult result)
        : base(
            $"The run of '{result.Run.Script}' ended as {result.State}{(result.Exception is { } cause ? $": {cause.GetType().Name}: {cause.Message}" : ".")} Its log:{TestLog.Text(result.Log)}",
            result.Exception) => Result = result;

    /// <summary>The run.</summary>
    public ScriptResult Result { get; }
}
