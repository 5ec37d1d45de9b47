using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore.Api;

/// <summary>How the API writes and reads JSON, whatever the application has set for its own.</summary>
internal static class ApiJson
{
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower), new UtcTimeConverter() },
    };

    public static IResult Ok<T>(T value) => Results.Json(value, Options);

    public static IResult List<T>(IReadOnlyList<T> items, string? next = null) => Results.Json(new { Items = items, Next = next }, Options);

    /// <summary>An enum value as the API writes it: <c>TimedOut</c> is <c>timed-out</c>.</summary>
    public static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
    }
}
