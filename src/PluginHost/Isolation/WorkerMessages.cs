using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using PluginHost.Running;

namespace PluginHost.Isolation;

/// <summary>What host and worker say to each other.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "$")]
[JsonDerivedType(typeof(LoadPlugin), "load")]
[JsonDerivedType(typeof(StartRun), "start")]
[JsonDerivedType(typeof(CancelRun), "cancel")]
[JsonDerivedType(typeof(ValueAnswer), "answer")]
[JsonDerivedType(typeof(SourceAnswer), "heard")]
[JsonDerivedType(typeof(PluginLoaded), "loaded")]
[JsonDerivedType(typeof(SourceAsked), "source")]
[JsonDerivedType(typeof(LineWritten), "line")]
[JsonDerivedType(typeof(TextLogged), "log")]
[JsonDerivedType(typeof(ProgressReported), "progress")]
[JsonDerivedType(typeof(ResultSet), "result")]
[JsonDerivedType(typeof(ValueCall), "value")]
[JsonDerivedType(typeof(SpanEnded), "span")]
[JsonDerivedType(typeof(RunEnded), "end")]
internal abstract record WorkerMessage;

/// <summary>To the worker, first and once.</summary>
internal sealed record LoadPlugin(
    string PluginId, string AssemblyPath, IReadOnlyList<string> SharedAssemblies, bool CaptureConsole, int MaxResultBytes, int MaxStateValueBytes) : WorkerMessage;

/// <summary>To the worker: run a script.</summary>
/// <param name="Facts">What its run is.</param>
/// <param name="Parameters">As they were given.</param>
/// <param name="Configuration">The script's own section.</param>
/// <param name="IsTraced">Whether somebody records its trace, of which what the script starts is to be a part.</param>
internal sealed record StartRun(RunFacts Facts, JsonObject? Parameters, IReadOnlyDictionary<string, string?> Configuration, bool IsTraced) : WorkerMessage;

/// <summary>To the worker: ask a script to stop.</summary>
internal sealed record CancelRun(string RunId) : WorkerMessage;

/// <summary>To the worker: the answer to a <see cref="ValueCall"/>; which parts are set depends on what was asked.</summary>
internal sealed record ValueAnswer(long Call) : WorkerMessage
{
    public string? Json { get; init; }

    public long? Version { get; init; }

    public bool Removed { get; init; }

    public IReadOnlyList<string>? Keys { get; init; }

    public RunError? Error { get; init; }
}

/// <summary>To the worker: the answer to <see cref="SourceAsked"/>.</summary>
internal sealed record SourceAnswer(SpanSource Source, bool IsHeard) : WorkerMessage;

/// <summary>To the host: does anybody there listen to an activity source of this name?</summary>
internal sealed record SourceAsked(SpanSource Source) : WorkerMessage;

/// <summary>To the host: the plugin is loaded, or cannot be.</summary>
internal sealed record PluginLoaded(string? Problem) : WorkerMessage;

/// <summary>To the host: something about a run.</summary>
internal abstract record RunMessage(string RunId) : WorkerMessage;

/// <summary>To the host: an entry for the log of a run.</summary>
internal sealed record LineWritten(string RunId, string Level, string Text) : RunMessage(RunId);

/// <summary>To the host: an entry for the log of a run and the host's own.</summary>
internal sealed record TextLogged(string RunId, LogLevel Level, string Text) : RunMessage(RunId);

/// <summary>To the host.</summary>
internal sealed record ProgressReported(string RunId, RunProgress Progress) : RunMessage(RunId);

/// <summary>To the host.</summary>
internal sealed record ResultSet(string RunId, JsonNode? Result) : RunMessage(RunId);

/// <summary>To the host: something about the values that the script keeps.</summary>
/// <param name="Call">Comes back with the answer.</param>
/// <param name="RunId">The run that asks.</param>
/// <param name="Action">What to do.</param>
/// <param name="Key">The key, but for <see cref="ValueAction.List"/>.</param>
/// <param name="Json">The value to set.</param>
/// <param name="Expected">The version that must be there, 0 for none, null for any.</param>
internal sealed record ValueCall(long Call, string RunId, ValueAction Action, string Key, string? Json, long? Expected) : RunMessage(RunId);

internal enum ValueAction
{
    Find,
    Set,
    Remove,
    List,
}

/// <summary>To the host: the script has ended an activity.</summary>
internal sealed record SpanEnded(string RunId, WorkerSpan Span) : RunMessage(RunId);

/// <summary>To the host: the script has ended. Nothing more comes of its run.</summary>
internal sealed record RunEnded(string RunId, RunError? Error) : RunMessage(RunId);

/// <remarks>Parameters and results may be 64 levels deep, and are a level deeper here.</remarks>
[JsonSourceGenerationOptions(MaxDepth = 128)]
[JsonSerializable(typeof(WorkerMessage))]
internal sealed partial class WorkerJson : JsonSerializerContext;
