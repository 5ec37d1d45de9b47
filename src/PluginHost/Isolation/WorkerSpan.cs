using System.Diagnostics;

namespace PluginHost.Isolation;

/// <summary>An activity that a script in a worker has ended, as text.</summary>
internal sealed record WorkerSpan
{
    public required SpanSource Source { get; init; }

    public required SpanAddress Address { get; init; }

    /// <summary>Null when it begins a trace of its own.</summary>
    public string? ParentId { get; init; }

    /// <summary>Whether its parent came from elsewhere, such as a message that the script took.</summary>
    public bool HasRemoteParent { get; init; }

    public required string Name { get; init; }

    public required string DisplayName { get; init; }

    public ActivityKind Kind { get; init; }

    /// <summary>In UTC.</summary>
    public DateTime StartedAt { get; init; }

    public TimeSpan Duration { get; init; }

    public ActivityStatusCode Status { get; init; }

    public string? StatusDescription { get; init; }

    public IReadOnlyList<SpanTag> Tags { get; init; } = [];

    public IReadOnlyList<SpanEvent> Events { get; init; } = [];

    public IReadOnlyList<SpanLink> Links { get; init; } = [];
}

/// <summary>What an activity source is known by.</summary>
internal readonly record struct SpanSource(string Name, string? Version);

/// <summary>Where a span is; ids in hexadecimal.</summary>
internal sealed record SpanAddress(string TraceId, string SpanId, string? TraceState);

internal sealed record SpanEvent(string Name, DateTimeOffset At, IReadOnlyList<SpanTag> Tags);

internal sealed record SpanLink(SpanAddress To, bool IsRecorded, IReadOnlyList<SpanTag> Tags);
