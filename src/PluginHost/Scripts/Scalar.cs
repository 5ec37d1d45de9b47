using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml;

namespace PluginHost.Scripts;

/// <summary>A simple type that a parameter may have.</summary>
/// <param name="Expected">What a value looks like, to go on after "must be".</param>
/// <param name="Reads">The kind of JSON value that it is, besides a text that reads as one.</param>
/// <param name="Parse">Gives the value in the one notation that System.Text.Json reads, or null when the text is none.</param>
/// <param name="Bounds">The least and the greatest value, to go on after <paramref name="Expected"/>.</param>
internal sealed partial record Scalar(string Expected, JsonValueKind Reads, Func<string, JsonNode?> Parse, string? Bounds = null)
{
    // Only types of the framework: a table by type must not hold one of a plugin.
    private static readonly FrozenDictionary<Type, Scalar> All = new Dictionary<Type, Scalar>
    {
        [typeof(string)] = Text("text", text => text),
        [typeof(char)] = Text("a single character", text => text.Length == 1 ? text : null),
        [typeof(bool)] = new("true or false", JsonValueKind.True, text => bool.TryParse(text, out var value) ? JsonValue.Create(value) : null),
        [typeof(byte)] = Whole<byte>(),
        [typeof(sbyte)] = Whole<sbyte>(),
        [typeof(short)] = Whole<short>(),
        [typeof(ushort)] = Whole<ushort>(),
        [typeof(int)] = Whole<int>(),
        [typeof(uint)] = Whole<uint>(),
        [typeof(long)] = Whole<long>(),
        [typeof(ulong)] = Whole<ulong>(),
        [typeof(Int128)] = Whole<Int128>(),
        [typeof(UInt128)] = Whole<UInt128>(),
        [typeof(Half)] = Fraction<Half>(Half.IsFinite),
        [typeof(float)] = Fraction<float>(float.IsFinite),
        [typeof(double)] = Fraction<double>(double.IsFinite),
        [typeof(decimal)] = Fraction<decimal>(_ => true),
        [typeof(DateTime)] = Text("a date and time such as 2026-11-24T14:30:00Z", ReadDateTime),
        [typeof(DateTimeOffset)] = Text("a date and time such as 2026-11-24T14:30:00Z (without an offset it is UTC)", ReadDateTimeOffset),
        [typeof(DateOnly)] = Text("a date such as 2026-11-24", ReadDate),
        [typeof(TimeOnly)] = Text("a time of day such as 14:30 or 14:30:00", ReadTime),
        [typeof(TimeSpan)] = Text("a duration such as 5m, 01:30:00 or PT5M", ReadDuration),
        [typeof(Guid)] = Text("a GUID such as 3f2504e0-4f89-11d3-9a0c-0305e82c3301", text => Guid.TryParse(text, out var value) ? value.ToString() : null),
        [typeof(Uri)] = Text("an address such as https://example.org/", text => Uri.TryCreate(text, UriKind.Absolute, out _) && !text.StartsWith('/') ? text : null),
        [typeof(byte[])] = Text("bytes as base64", text => Convert.TryFromBase64String(text, new byte[text.Length], out _) ? text : null),
    }.ToFrozenDictionary();

    private static readonly string[] TimesOfDay = ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"];

    private static readonly string[] Dates =
        ["yyyy-MM-dd", .. new[] { "T", " " }.SelectMany(between => TimesOfDay.Select(time => $"yyyy-MM-dd'{between}'{time}K"))];

    public static Scalar? Of(Type type) => All.GetValueOrDefault(type);

    /// <summary>The value in the notation that System.Text.Json reads, or null when it is none.</summary>
    public JsonNode? Read(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => Parse(value.GetValue<string>()),
        JsonValueKind.Number when Reads == JsonValueKind.Number => Parse(value.ToJsonString()),
        JsonValueKind.True or JsonValueKind.False when Reads == JsonValueKind.True => value.DeepClone(),
        _ => null,
    };

    /// <summary>What should have come instead of a value that cannot be read, to go on after "must be".</summary>
    public string ExpectedInsteadOf(JsonNode value) =>
        Bounds is not null && WholeNumber().IsMatch(value.ToString()) ? $"{Expected} {Bounds}" : Expected;

    private static Scalar Text(string expected, Func<string, string?> parse) =>
        new(expected, JsonValueKind.String, text => parse(text) is { } read ? JsonValue.Create(read) : null);

    private static Scalar Whole<T>() where T : INumber<T>, IMinMaxValue<T> => new(
        "a whole number",
        JsonValueKind.Number,
        text => WholeNumber().Match(text) is { Success: true } match
            && T.TryParse(match.Groups["number"].ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
                ? JsonNode.Parse(value.ToString(null, CultureInfo.InvariantCulture))
                : null,
        string.Create(CultureInfo.InvariantCulture, $"from {T.MinValue} to {T.MaxValue}"));

    private static Scalar Fraction<T>(Func<T, bool> isFinite) where T : INumber<T> => new(
        "a number",
        JsonValueKind.Number,
        text => T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && isFinite(value)
            ? JsonNode.Parse(value.ToString(null, CultureInfo.InvariantCulture))
            : null);

    // A time without an offset keeps having none, and one with an offset becomes UTC: the zone of this machine has no say.
    private static string? ReadDateTime(string text) =>
        DateTime.TryParseExact(text.Trim(), Dates, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var value)
            ? value.ToString("O", CultureInfo.InvariantCulture)
            : null;

    private static string? ReadDateTimeOffset(string text) =>
        DateTimeOffset.TryParseExact(text.Trim(), Dates, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value)
            ? value.ToString("O", CultureInfo.InvariantCulture)
            : null;

    private static string? ReadDate(string text) =>
        DateOnly.TryParseExact(text.Trim(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var value)
            ? value.ToString("O", CultureInfo.InvariantCulture)
            : null;

    private static string? ReadTime(string text) =>
        TimeOnly.TryParseExact(text.Trim(), TimesOfDay, CultureInfo.InvariantCulture, DateTimeStyles.None, out var value)
            ? value.ToString("O", CultureInfo.InvariantCulture)
            : null;

    private static string? ReadDuration(string text) =>
        ParameterJson.TryReadDuration(text, out var value) ? XmlConvert.ToString(value) : null;

    [GeneratedRegex(@"^\s*(?<number>[+-]?[0-9]{1,60})(\.0{1,20})?\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex WholeNumber();
}
