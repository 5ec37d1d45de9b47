using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace PluginHost.Scripts;

/// <summary>What a parameter's type is to the reader of its values.</summary>
internal enum ValueShape
{
    /// <summary>A simple type.</summary>
    Scalar,

    /// <summary>An enum.</summary>
    Enum,

    /// <summary>Any JSON, or a type that reads its own.</summary>
    Any,

    /// <summary>An array or a list.</summary>
    List,

    /// <summary>A dictionary.</summary>
    Map,

    /// <summary>A class, record or struct with properties.</summary>
    Object,

    /// <summary>Nothing that a form or JSON could give.</summary>
    Unsupported,
}

/// <summary>Says which types a parameter may have.</summary>
internal static class ParameterTypes
{
    /// <summary>The type without its <c>?</c>, where that is one of a value type.</summary>
    public static Type Bare(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    public static ValueShape ShapeOf(JsonTypeInfo info)
    {
        var type = Bare(info.Type);
        if (Scalar.Of(type) is not null)
        {
            return ValueShape.Scalar;
        }

        if (typeof(JsonNode).IsAssignableFrom(type) || type == typeof(JsonElement))
        {
            return ValueShape.Any;
        }

        if (type.IsEnum)
        {
            return ValueShape.Enum;
        }

        var bare = type == info.Type ? info : info.Options.GetTypeInfo(type);
        return bare.Kind switch
        {
            JsonTypeInfoKind.Enumerable => ValueShape.List,
            JsonTypeInfoKind.Dictionary => ValueShape.Map,
            JsonTypeInfoKind.Object when bare.PolymorphismOptions is not null => ValueShape.Any,
            JsonTypeInfoKind.Object => IsFramework(type) ? ValueShape.Unsupported : ValueShape.Object,
            _ => bare.Converter.GetType().Assembly == typeof(JsonSerializer).Assembly ? ValueShape.Unsupported : ValueShape.Any,
        };
    }

    /// <summary>Whether a value of this type can be read, whatever it is made of.</summary>
    /// <param name="type">The type.</param>
    /// <param name="options">Tell how its values are read.</param>
    /// <param name="problem">When this is false, what is wrong, to go on after the parameter's name.</param>
    public static bool AreSupported(Type type, JsonSerializerOptions options, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            problem = Problem(type, options, []);
        }
        catch (Exception failure)
        {
            // System.Text.Json refuses some types already when it looks at them, and runs what a plugin's type brings.
            problem = $"has the type {TypeDisplay.Name(type)}, which cannot be read: {ExceptionText.Message(failure)}";
        }

        return problem is null;
    }

    private static string? Problem(Type type, JsonSerializerOptions options, HashSet<Type> seen)
    {
        if (!seen.Add(type))
        {
            return null;
        }

        var info = options.GetTypeInfo(Bare(type));
        switch (ShapeOf(info))
        {
            case ValueShape.List:
                JsonSerializer.Deserialize("[]", info);
                return Problem(info.ElementType!, options, seen);

            case ValueShape.Map when info.KeyType != typeof(string):
                return $"{Has(seen)} the type {TypeDisplay.Name(type)}. The keys of a dictionary have to be strings.";

            case ValueShape.Map:
                JsonSerializer.Deserialize("{}", info);
                return Problem(info.ElementType!, options, seen);

            case ValueShape.Object when info.CreateObject is null && info.ConstructorAttributeProvider is null:
                return $"{Has(seen)} the type {TypeDisplay.Name(type)}, which cannot be constructed. It has to be a class, record or struct with one public constructor, or with one without parameters.";

            case ValueShape.Object:
                return info.Properties
                    .Where(property => ParameterJson.CanBeSet(property) && property.CustomConverter is null && !property.IsExtensionData)
                    .Select(property => Problem(property.PropertyType, options, seen))
                    .FirstOrDefault(problem => problem is not null);

            case ValueShape.Unsupported:
                return $"{Has(seen)} the type {TypeDisplay.Name(type)}, of which no value can be given. {Advice(type)}";

            default:
                return null;
        }
    }

    private static string Has(HashSet<Type> seen) => seen.Count == 1 ? "has" : "contains";

    private static string Advice(Type type) => type == typeof(object)
        ? "For any JSON, use JsonNode or JsonElement."
        : "Parameters are text, numbers, true or false, dates, durations, enums, lists, dictionaries with string keys, and classes or records of these. What a constructor could ask for belongs there.";

    private static bool IsFramework(Type type) => type.Namespace is { } name
        && (name is "System" or "Microsoft" || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));
}
