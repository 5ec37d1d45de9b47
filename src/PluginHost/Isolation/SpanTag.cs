using System.Globalization;

namespace PluginHost.Isolation;

/// <summary>A tag of a span as text, which is again of the type that it was of where that matters to who stores it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What the texts stand for.</param>
/// <param name="IsList">Whether there may be several.</param>
/// <param name="Texts">The value or values, as the invariant culture writes them.</param>
internal sealed record SpanTag(string Name, SpanTagKind Kind, bool IsList, IReadOnlyList<string> Texts)
{
    /// <summary>What stands for values of a type: numbers and truth values stay what they are, the rest is text.</summary>
    public static SpanTagKind KindOf(Type type) => type.IsEnum ? SpanTagKind.Text : Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => SpanTagKind.Flag,
        TypeCode.SByte or TypeCode.Byte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64 => SpanTagKind.Whole,
        TypeCode.Single or TypeCode.Double => SpanTagKind.Real,
        _ => SpanTagKind.Text,
    };

    /// <param name="hide">Takes secrets out of a text.</param>
    public object Value(Func<string, string> hide)
    {
        string[] shown = [.. Texts.Select(hide)];

        // A number with a secret in it is none any more.
        return (shown.SequenceEqual(Texts) ? Kind : SpanTagKind.Text) switch
        {
            SpanTagKind.Flag => Value(shown, bool.Parse),
            SpanTagKind.Whole => Value(shown, text => long.Parse(text, CultureInfo.InvariantCulture)),
            SpanTagKind.Real => Value(shown, text => double.Parse(text, CultureInfo.InvariantCulture)),
            _ => Value(shown, text => text),
        };
    }

    private object Value<T>(string[] texts, Func<string, T> read) where T : notnull => IsList ? Array.ConvertAll(texts, text => read(text)) : read(texts[0]);
}

internal enum SpanTagKind
{
    Text,
    Flag,
    Whole,
    Real,
}
