using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PluginHost.Scripts;

/// <summary>Writes DataAnnotations as JSON Schema, as far as it has words for them.</summary>
internal static class RuleSchema
{
    public static void Apply(JsonObject schema, IEnumerable<ValidationAttribute> rules, JsonSerializerOptions options)
    {
        foreach (var rule in rules)
        {
            Apply(schema, rule, options);
        }
    }

    private static void Apply(JsonObject schema, ValidationAttribute rule, JsonSerializerOptions options)
    {
        switch (rule)
        {
            case RangeAttribute range when Is(schema, "integer") || Is(schema, "number"):
                SetNumber(schema, range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum", range.Minimum);
                SetNumber(schema, range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum", range.Maximum);
                break;

            case StringLengthAttribute length:
                SetLength(schema, "min", length.MinimumLength);
                SetLength(schema, "max", length.MaximumLength);
                break;

            case MinLengthAttribute length:
                SetLength(schema, "min", length.Length);
                break;

            case MaxLengthAttribute length:
                SetLength(schema, "max", length.Length);
                break;

            case LengthAttribute length:
                SetLength(schema, "min", length.MinimumLength);
                SetLength(schema, "max", length.MaximumLength);
                break;

            case RequiredAttribute { AllowEmptyStrings: false } when Is(schema, "string") && schema["enum"] is null && schema["format"] is null:
                schema["minLength"] ??= 1;
                break;

            case RegularExpressionAttribute expression:
                // The attribute wants the whole text to match, a schema some part of it.
                schema["pattern"] = $"^(?:{expression.Pattern})$";
                break;

            case AllowedValuesAttribute allowed:
                schema["enum"] = Values(allowed.Values, options);
                break;

            case DeniedValuesAttribute denied:
                schema["not"] = new JsonObject { ["enum"] = Values(denied.Values, options) };
                break;

            case EmailAddressAttribute:
                schema["format"] = "email";
                break;

            case UrlAttribute:
                schema["format"] = "uri";
                break;

            case Base64StringAttribute:
                schema["contentEncoding"] = "base64";
                break;
        }
    }

    private static bool Is(JsonObject schema, string type) => schema["type"] switch
    {
        JsonArray types => types.Any(candidate => candidate?.GetValue<string>() == type),
        JsonValue single => single.GetValue<string>() == type,
        _ => false,
    };

    private static void SetNumber(JsonObject schema, string keyword, object? bound)
    {
        // double.MaxValue and the like mean that there is no bound.
        var text = Convert.ToString(bound, CultureInfo.InvariantCulture);
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            schema[keyword] = number;
        }
    }

    private static void SetLength(JsonObject schema, string bound, int length)
    {
        // 0 at the lower end and -1 at the upper mean that there is no bound.
        if (length > 0 || (length == 0 && bound == "max"))
        {
            schema[bound + (Is(schema, "array") ? "Items" : Is(schema, "object") ? "Properties" : "Length")] = length;
        }
    }

    private static JsonArray Values(object?[] values, JsonSerializerOptions options) =>
        [.. values.Select(value => value is null ? null : JsonSerializer.SerializeToNode(value, options.GetTypeInfo(value.GetType())))];
}
