using System.Diagnostics;
using System.Reflection;

namespace PluginHost.Telemetry;

/// <summary>Gives an activity the span id that it has in another process.</summary>
/// <remarks>
/// There is no public way: an activity draws its id when it starts. With another id, what another service did for a script
/// would be under a span that nobody has. The fields are those that Azure Functions and Datadog set for the same reason;
/// where a runtime has others, spans stay in the worker.
/// </remarks>
internal static class ActivityIds
{
    private static readonly FieldInfo? SpanId = Field("_spanId");

    // The whole id as text, which is made from the others when it is asked for.
    private static readonly FieldInfo? Id = Field("_id");

    public static bool CanBeSet => SpanId is not null && Id is not null;

    /// <param name="activity">One that has started.</param>
    /// <param name="id">Its id in the other process.</param>
    public static void Set(Activity activity, ActivitySpanId id)
    {
        SpanId!.SetValue(activity, id.ToHexString());
        Id!.SetValue(activity, null);
    }

    private static FieldInfo? Field(string name) =>
        typeof(Activity).GetField(name, BindingFlags.Instance | BindingFlags.NonPublic) is { } field && field.FieldType == typeof(string) ? field : null;
}
