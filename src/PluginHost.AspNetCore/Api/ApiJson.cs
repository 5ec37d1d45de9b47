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

    public static JsonOk<T> Ok<T>(T value) => new(value);

    public static JsonOk<Page<T>> List<T>(IReadOnlyList<T> items) => new(new Page<T>(items, Next: null));

    public static JsonAccepted<T> Accepted<T>(T value) => new(value);

    /// <summary>Any other status; the endpoint says itself what it answers.</summary>
    public static IResult Status<T>(T value, int statusCode) => Results.Json(value, Options, statusCode: statusCode);

    /// <summary>An enum value as the API writes it: <c>TimedOut</c> is <c>timed-out</c>.</summary>
    public static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());

    private sealed class UtcTimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value.UtcDateTime);
    }
}
