using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Xml;

namespace PluginHost.Scripts;

/// <summary>How parameter values are written as JSON.</summary>
internal static class ParameterJson
{
    // Knows no type of any plugin, so one is enough for all.
    private static readonly DurationConverter Durations = new();

    /// <summary>Options for one plugin class alone: what they remember of its types goes when the class goes.</summary>
    public static JsonSerializerOptions CreateOptions()
    {
        var resolver = new DefaultJsonTypeInfoResolver();
        resolver.Modifiers.Add(HideWhatCannotBeSet);
        return new JsonSerializerOptions
        {
            TypeInfoResolver = resolver,
            Converters = { new JsonStringEnumConverter(), Durations },
            PropertyNameCaseInsensitive = true,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };
    }

    /// <summary>The same JSON without any tie to the types it was written from.</summary>
    [return: NotNullIfNotNull(nameof(node))]
    public static T? Detach<T>(T? node) where T : JsonNode => (T?)JsonNode.Parse(node?.ToJsonString() ?? "null");

    /// <summary>Whether a property of a nested object can be given a value.</summary>
    public static bool CanBeSet(JsonPropertyInfo property) => property.Set is not null || property.AssociatedParameter is not null;

    private static void HideWhatCannotBeSet(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        foreach (var property in type.Properties.Where(property => !CanBeSet(property)))
        {
            property.Get = null;
        }
    }

    /// <summary>ISO 8601 durations, which is what the format <c>duration</c> means in a JSON Schema.</summary>
    private sealed class DurationConverter : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            XmlConvert.ToTimeSpan(reader.GetString() ?? throw new JsonException());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteStringValue(XmlConvert.ToString(value));
    }

    /// <summary>Reads a duration in any notation that has one meaning: <c>5m</c>, <c>01:30:00</c>, <c>PT5M</c>.</summary>
    public static bool TryReadDuration(string text, out TimeSpan value)
    {
        var iso = text.Trim();
        if (!iso.TrimStart('-').StartsWith('P'))
        {
            return DurationText.TryParse(text, out value)
                || (text.Contains(':') && TimeSpan.TryParseExact(text.Trim(), "c", CultureInfo.InvariantCulture, out value));
        }

        try
        {
            value = XmlConvert.ToTimeSpan(iso);

            // Years and months have no fixed length.
            return !iso.Split('T')[0].AsSpan().ContainsAny('Y', 'M');
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            value = default;
            return false;
        }
    }
}
