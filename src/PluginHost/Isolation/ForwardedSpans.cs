using System.Diagnostics;
using PluginHost.Running;
using PluginHost.Telemetry;

namespace PluginHost.Isolation;

/// <summary>In the host: makes the spans of a run in a worker its own, for whoever listens here, with the ids that they have there.</summary>
/// <param name="secrets">What must not be shown of the run.</param>
internal sealed class ForwardedSpans(SecretTexts secrets) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<SpanSource, ActivitySource> _sources = [];
    private bool _disposed;

    public static bool IsHeard(SpanSource source)
    {
        using var same = new ActivitySource(source.Name, source.Version);
        return same.HasListeners();
    }

    public void Take(WorkerSpan span)
    {
        if (Find(span.Source) is not { } source)
        {
            return;
        }

        // Where it belongs is said; what is under way on this thread has nothing to do with it.
        var current = Activity.Current;
        Activity.Current = null;
        try
        {
            using var copy = source.StartActivity(
                secrets.Hide(span.Name), span.Kind, Parent(span), Tags(span.Tags), [.. span.Links.Select(Link)], new DateTimeOffset(span.StartedAt, TimeSpan.Zero));
            if (copy is not null)
            {
                Fill(copy, span);
            }
        }
        finally
        {
            Activity.Current = current;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var source in _sources.Values)
            {
                source.Dispose();
            }
        }
    }

    private void Fill(Activity copy, WorkerSpan span)
    {
        ActivityIds.Set(copy, ActivitySpanId.CreateFromString(span.Address.SpanId));
        copy.DisplayName = secrets.Hide(span.DisplayName);
        copy.SetStatus(span.Status, span.StatusDescription is { } description ? secrets.Hide(description) : null);
        foreach (var happened in span.Events)
        {
            copy.AddEvent(new ActivityEvent(secrets.Hide(happened.Name), happened.At, new ActivityTagsCollection(Tags(happened.Tags))));
        }

        copy.SetEndTime(span.StartedAt + span.Duration);
    }

    private ActivitySource? Find(SpanSource source)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return null;
            }

            if (!_sources.TryGetValue(source, out var found))
            {
                _sources[source] = found = new ActivitySource(source.Name, source.Version);
            }

            return found;
        }
    }

    private ActivityLink Link(SpanLink link) => new(Context(link.To, link.To.SpanId, link.IsRecorded, isRemote: false), new ActivityTagsCollection(Tags(link.Tags)));

    private IEnumerable<KeyValuePair<string, object?>> Tags(IEnumerable<SpanTag> tags) => tags.Select(tag => KeyValuePair.Create(tag.Name, (object?)tag.Value(secrets.Hide)));

    private static ActivityContext Parent(WorkerSpan span) => Context(span.Address, span.ParentId, isRecorded: true, span.HasRemoteParent);

    private static ActivityContext Context(SpanAddress address, string? spanId, bool isRecorded, bool isRemote) => new(
        ActivityTraceId.CreateFromString(address.TraceId), spanId is null ? default : ActivitySpanId.CreateFromString(spanId),
        isRecorded ? ActivityTraceFlags.Recorded : ActivityTraceFlags.None, address.TraceState, isRemote);
}
