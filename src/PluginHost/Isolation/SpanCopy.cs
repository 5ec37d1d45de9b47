using System.Diagnostics;
using System.Globalization;

namespace PluginHost.Isolation;

/// <summary>In the worker: makes text of an activity, within bounds.</summary>
internal sealed class SpanCopy
{
    /// <summary>Of tags, events, links, and of the values of one tag: OpenTelemetry's own default.</summary>
    public const int MostItems = 128;

    /// <summary>Of one text, in characters. A stack trace fits.</summary>
    public const int MostText = 8 * 1024;

    /// <summary>Of all texts together.</summary>
    public const int MostTextInAll = 32 * 1024;

    private int _left = MostTextInAll;
    private bool _isCut;

    private SpanCopy()
    {
    }

    /// <param name="activity">One that has ended.</param>
    /// <param name="isCut">Whether something of it had to be left out.</param>
    public static WorkerSpan Of(Activity activity, out bool isCut)
    {
        var copy = new SpanCopy();
        var span = copy.Of(activity);
        isCut = copy._isCut;
        return span;
    }

    private WorkerSpan Of(Activity activity) => new()
    {
        Source = new SpanSource(activity.Source.Name, activity.Source.Version),
        Address = Address(activity.Context),
        ParentId = activity.ParentSpanId == default ? null : activity.ParentSpanId.ToHexString(),
        HasRemoteParent = activity.HasRemoteParent,
        Name = Text(activity.OperationName),
        DisplayName = Text(activity.DisplayName),
        Kind = activity.Kind,
        StartedAt = activity.StartTimeUtc,
        Duration = activity.Duration,
        Status = activity.Status,
        StatusDescription = activity.StatusDescription is { } description ? Text(description) : null,
        Tags = Tags(activity.TagObjects),
        Events = Some(activity.Events, happened => new SpanEvent(Text(happened.Name), happened.Timestamp, Tags(happened.Tags))),
        Links = Some(activity.Links, link => new SpanLink(Address(link.Context), link.Context.TraceFlags.HasFlag(ActivityTraceFlags.Recorded), Tags(link.Tags ?? []))),
    };

    private SpanAddress Address(ActivityContext context) =>
        new(context.TraceId.ToHexString(), context.SpanId.ToHexString(), context.TraceState is { } state ? Text(state) : null);

    private List<SpanTag> Tags(IEnumerable<KeyValuePair<string, object?>> tags) => Some(tags.Where(tag => tag.Value is not null), tag => Tag(tag.Key, tag.Value!));

    private SpanTag Tag(string name, object value)
    {
        var values = value is Array { Rank: 1 } several ? several : null;
        var kind = SpanTag.KindOf(values?.GetType().GetElementType() ?? value.GetType());
        return new SpanTag(Text(name), kind, values is not null, values is null ? [Text(value, kind)] : Some(values.Cast<object?>(), one => Text(one, kind)));
    }

    private List<TCopy> Some<T, TCopy>(IEnumerable<T> items, Func<T, TCopy> copy)
    {
        var copies = new List<TCopy>();
        foreach (var item in items)
        {
            if (copies.Count == MostItems || _left == 0)
            {
                _isCut = true;
                break;
            }

            copies.Add(copy(item));
        }

        return copies;
    }

    private string Text(object? value, SpanTagKind kind)
    {
        // What a plugin's own type says of itself may be null.
        var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

        // Half a number is another one, and they are short.
        return kind == SpanTagKind.Text ? Text(text) : text;
    }

    private string Text(string text)
    {
        var most = Math.Min(MostText, _left);
        _left -= Math.Min(text.Length, most);
        if (text.Length <= most)
        {
            return text;
        }

        _isCut = true;
        return $"{text.AsSpan(0, most)}…";
    }
}
