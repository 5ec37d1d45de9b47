using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace PluginHost.Scripts;

/// <summary>Describes parameters by a JSON Schema.</summary>
internal static class ParameterSchema
{
    private static readonly JsonSchemaExporterOptions Exporter = new()
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    };

    public static JsonObject Of(IReadOnlyList<Parameter> parameters, JsonSerializerOptions options)
    {
        var contract = JsonTypeInfo.CreateJsonTypeInfo<ParameterObject>(options);
        foreach (var parameter in parameters)
        {
            contract.Properties.Add(Property(contract, parameter));
        }

        var schema = (JsonObject)ParameterJson.Detach(contract.GetJsonSchemaAsNode(Exporter));
        var described = new JsonObject();
        foreach (var parameter in parameters)
        {
            described[parameter.Name] = Describe(schema["properties"]![parameter.Name]!, parameter);
        }

        schema.Remove("properties");
        schema.Insert(1, "properties", described);
        return schema;
    }

    private static JsonPropertyInfo Property(JsonTypeInfo contract, Parameter parameter)
    {
        var property = contract.CreateJsonPropertyInfo(parameter.Property.PropertyType, parameter.Name);
        property.AttributeProvider = parameter.Property;
        property.IsRequired = parameter.IsRequired;
        property.Get = _ => null;
        property.Set = (_, _) => { };
        if (!parameter.Property.PropertyType.IsValueType)
        {
            property.IsGetNullable = property.IsSetNullable = parameter.IsNullable;
        }

        return property;
    }

    private static JsonObject Describe(JsonNode exported, Parameter parameter)
    {
        // Any JSON is "true", which has no room for more; an empty object means the same.
        var schema = exported.DeepClone() as JsonObject ?? [];
        if (parameter.Description is { } description)
        {
            schema["description"] = description;
        }

        if (parameter.IsSecret)
        {
            // JSON Schema's word for it. Its default stays unsaid.
            schema["writeOnly"] = true;
        }
        else if (parameter.HasDefault)
        {
            schema["default"] = parameter.Default?.DeepClone();
        }

        return schema;
    }

    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        var type = ParameterTypes.Bare(context.TypeInfo.Type);
        var nullable = type != context.TypeInfo.Type || context.PropertyInfo is { IsSetNullable: true };

        // A type with a converter of its own is "true" to the exporter, which does not look into it.
        var schema = node as JsonObject ?? [];
        if (type == typeof(TimeSpan))
        {
            schema = Typed("string", nullable);
            schema["format"] = "duration";
        }
        else if (type.IsEnum && schema["enum"] is not null)
        {
            schema.Insert(0, "type", Typed("string", nullable)["type"]!.DeepClone());
        }
        else if (type == typeof(byte[]))
        {
            schema["contentEncoding"] = "base64";
        }

        if (Bounds(type) is var (least, greatest))
        {
            schema["minimum"] = least;
            schema["maximum"] = greatest;
        }

        if (context.PropertyInfo is { } property)
        {
            RuleSchema.Apply(schema, ParameterRules.Of(property).Attributes, context.TypeInfo.Options);
            var description = property.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), inherit: true)
                .Cast<DescriptionAttribute>().FirstOrDefault()?.Description;
            if (description is not null)
            {
                schema["description"] = description;
            }
        }

        return schema.Count == 0 ? node : schema;
    }

    // For the types whose bounds a person or a program may well run into.
    private static (long Least, long Greatest)? Bounds(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsEnum => null,
        TypeCode.Byte => (byte.MinValue, byte.MaxValue),
        TypeCode.SByte => (sbyte.MinValue, sbyte.MaxValue),
        TypeCode.Int16 => (short.MinValue, short.MaxValue),
        TypeCode.UInt16 => (ushort.MinValue, ushort.MaxValue),
        TypeCode.UInt32 => (uint.MinValue, uint.MaxValue),
        _ => null,
    };

    private static JsonObject Typed(string type, bool nullable) =>
        new() { ["type"] = nullable ? new JsonArray(type, "null") : JsonValue.Create(type) };

    /// <summary>Stands for the script class, of which only the parameters are to be described.</summary>
    private sealed class ParameterObject;
}
