using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace PluginHost.Scripts;

/// <summary>Reads a JSON value for a type, and names everything that is wrong with it rather than the first thing.</summary>
/// <remarks>
/// Gives the value as System.Text.Json reads it: with the declared names, and with numbers that a form sent as text
/// turned into numbers.
/// </remarks>
/// <param name="errors">Gets what is wrong.</param>
/// <param name="secret">Whether what is wrong is said without the value.</param>
internal sealed class ValueReader(ParameterErrors errors, bool secret)
{
    /// <summary>The value to deserialize. Of no use when errors were added.</summary>
    public JsonNode? Read(JsonNode? value, JsonTypeInfo info, bool nullable, string path)
    {
        var type = ParameterTypes.Bare(info.Type);
        var shape = ParameterTypes.ShapeOf(info);
        if (value is null || (IsEmptyText(value) && nullable && shape != ValueShape.Any && type != typeof(string)))
        {
            if (!nullable && shape != ValueShape.Any)
            {
                errors.Add(path, $"'{path}' must not be null.");
            }

            return null;
        }

        var bare = type == info.Type ? info : info.Options.GetTypeInfo(type);
        return shape switch
        {
            ValueShape.Scalar => ReadScalar(value, Scalar.Of(type)!, path),
            ValueShape.Enum => ReadEnum(value, type, path),
            ValueShape.List => ReadList(value, bare, path),
            ValueShape.Map => ReadMap(value, bare, path),
            ValueShape.Object => ReadObject(value, bare, path),
            _ => value.DeepClone(),
        };
    }

    private JsonNode? ReadScalar(JsonNode value, Scalar scalar, string path) =>
        scalar.Read(value) ?? Wrong(path, scalar.ExpectedInsteadOf(value), value);

    private JsonNode? ReadEnum(JsonNode value, Type type, string path) =>
        value.GetValueKind() == JsonValueKind.String && EnumNames.Read(type, value.GetValue<string>()) is { } name
            ? JsonValue.Create(name)
            : Wrong(path, EnumNames.Expected(type), value);

    private JsonNode? ReadList(JsonNode value, JsonTypeInfo list, string path)
    {
        if (Parsed(value, '[') is not JsonArray array)
        {
            return Wrong(path, "a list", value);
        }

        var element = list.Options.GetTypeInfo(list.ElementType!);
        return new JsonArray([.. array.Select((item, i) => Read(item, element, IsNullable(list.ElementType!), $"{path}[{i}]"))]);
    }

    private JsonNode? ReadMap(JsonNode value, JsonTypeInfo map, string path)
    {
        if (Parsed(value, '{') is not JsonObject given)
        {
            return Wrong(path, "an object of names and values", value);
        }

        var element = map.Options.GetTypeInfo(map.ElementType!);
        var read = new JsonObject();
        foreach (var (name, item) in given)
        {
            read[name] = Read(item, element, IsNullable(map.ElementType!), $"{path}.{name}");
        }

        return read;
    }

    private JsonNode? ReadObject(JsonNode value, JsonTypeInfo type, string path)
    {
        if (Parsed(value, '{') is not JsonObject given)
        {
            return Wrong(path, "an object", value);
        }

        var properties = type.Properties.Where(property => ParameterJson.CanBeSet(property) && !property.IsExtensionData).ToList();
        var keepsUnknown = type.Properties.Any(property => property.IsExtensionData);
        var read = new JsonObject();
        foreach (var (name, item) in given)
        {
            var property = properties.Find(candidate => candidate.Name == name)
                ?? properties.Find(candidate => candidate.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (property is null && keepsUnknown)
            {
                read[name] = item?.DeepClone();
            }
            else if (property is null)
            {
                errors.Add($"{path}.{name}", Unknown($"{path}.{name}", name, properties.Select(candidate => candidate.Name)));
            }
            else if (read.ContainsKey(property.Name))
            {
                errors.Add($"{path}.{property.Name}", $"'{path}.{property.Name}' is given twice.");
            }
            else
            {
                read[property.Name] = ReadProperty(item, property, $"{path}.{property.Name}");
            }
        }

        foreach (var property in properties.Where(property => property.IsRequired && !read.ContainsKey(property.Name)))
        {
            errors.Add($"{path}.{property.Name}", $"'{path}.{property.Name}' is missing.");
        }

        return read;
    }

    private JsonNode? ReadProperty(JsonNode? value, JsonPropertyInfo property, string path)
    {
        var before = errors.Count;
        var info = property.Options.GetTypeInfo(property.PropertyType);
        var read = property.CustomConverter is null ? Read(value, info, IsNullable(property), path) : value?.DeepClone();
        if (errors.Count == before && property.CustomConverter is null && ParameterRules.Of(property) is { Attributes.Count: > 0 } rules)
        {
            Deserialize(read, info, rules, path);
        }

        return read;
    }

    /// <summary>The value as an object, checked against its rules.</summary>
    public object? Deserialize(JsonNode? value, JsonTypeInfo info, ParameterRules rules, string path)
    {
        try
        {
            var read = value.Deserialize(info);
            foreach (var broken in rules.Broken(read, path))
            {
                errors.Add(path, broken);
            }

            return read;
        }
        catch (Exception failure)
        {
            // Constructors, setters, converters and rules of the plugin's types have a say here.
            errors.Add(path, $"'{path}' cannot be read: {ExceptionText.Message(failure)}");
            return null;
        }
    }

    /// <summary>Says that there is nothing of this name.</summary>
    public static string Unknown(string path, string name, IEnumerable<string> known)
    {
        var names = known.ToList();
        var advice = NearestName.Find(name, names) is { } meant ? $"Did you mean '{meant}'?"
            : names.Count > 0 ? $"There {(names.Count == 1 ? "is only" : "are")} {string.Join(", ", names)}."
            : "There are none.";
        return $"There is no '{path}'. {advice}";
    }

    private JsonNode? Wrong(string path, string expected, JsonNode came)
    {
        errors.Add(path, $"'{path}' must be {expected}, not {(secret ? "what was given" : Describe(came))}.");
        return null;
    }

    private static bool IsNullable(Type type) => Nullable.GetUnderlyingType(type) is not null;

    private static bool IsNullable(JsonPropertyInfo property) =>
        IsNullable(property.PropertyType) || (!property.PropertyType.IsValueType && property.IsSetNullable);

    private static bool IsEmptyText(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetValue<string>());

    /// <summary>A form and a command line send lists and objects as text.</summary>
    private static JsonNode Parsed(JsonNode value, char start)
    {
        if (value.GetValueKind() != JsonValueKind.String || !value.GetValue<string>().TrimStart().StartsWith(start))
        {
            return value;
        }

        try
        {
            return JsonNode.Parse(value.GetValue<string>()) ?? value;
        }
        catch (JsonException)
        {
            return value;
        }
    }

    private static string Describe(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String when value.GetValue<string>() is { Length: 0 } => "an empty text",
        JsonValueKind.String => $"the text \"{Shorten(value.GetValue<string>())}\"",
        JsonValueKind.Number => $"the number {Shorten(value.ToJsonString())}",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => value.ToJsonString(),
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : $"{text.AsSpan(0, 60)}…";
}
