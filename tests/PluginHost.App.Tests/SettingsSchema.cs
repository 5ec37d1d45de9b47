using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace PluginHost.App.Tests;

/// <summary>The JSON schema of appsettings.json, from the classes that the settings are bound to and their documentation.</summary>
internal static partial class SettingsSchema
{
    private static readonly JsonSerializerOptions Options = new()
    {
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(), Converters = { new JsonStringEnumConverter() }, WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly Dictionary<string, XElement> Documentation = Directory.EnumerateFiles(AppContext.BaseDirectory, "PluginHost*.xml")
        .SelectMany(file => XDocument.Load(file).Descendants("member")).GroupBy(member => member.Attribute("name")!.Value).ToDictionary(group => group.Key, group => group.First());

    public static string Write()
    {
        var host = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(), ["additionalProperties"] = false };
        foreach (var section in ReadyHostSettings.All)
        {
            var schema = section.Type == typeof(object) ? new JsonObject { ["type"] = "object" } : (JsonObject)Options.GetJsonSchemaAsNode(section.Type, new JsonSchemaExporterOptions { TransformSchemaNode = Describe });
            if (section.Path.Length == 0)
            {
                host = schema;
                continue;
            }

            var names = section.Path.Split(':');
            var place = names.SkipLast(1).Aggregate(host, (parent, name) =>
                (JsonObject)(parent["properties"]![name] ??= new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(), ["additionalProperties"] = false }));
            place["properties"]![names[^1]] = schema;
        }

        return new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Settings of a plugin host",
            ["type"] = "object",
            ["properties"] = new JsonObject { ["PluginHost"] = host },
        }.ToJsonString(Options).ReplaceLineEndings("\n") + "\n";
    }

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode node)
    {
        if (node is not JsonObject schema)
        {
            return node;
        }

        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object)
        {
            schema["additionalProperties"] = false; // a slip in a name is shown where it is written
        }

        if (context.PropertyInfo?.AttributeProvider is PropertyInfo property && Documentation.TryGetValue($"P:{property.DeclaringType!.FullName}.{property.Name}", out var member))
        {
            schema.Insert(0, "description", string.Join(" ", new[] { "summary", "value" }.Select(part => Text(member.Element(part))).Where(text => text.Length > 0)));
        }

        return schema;
    }

    private static string Text(XElement? element) => element is null ? "" : Spaces().Replace(string.Concat(element.Nodes().Select(node => node switch
    {
        XElement { Name.LocalName: "see" } see => see.Attribute("cref")!.Value.Split('.')[^1],
        XElement inner => Text(inner),
        _ => node.ToString(SaveOptions.DisableFormatting).Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal),
    })), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
