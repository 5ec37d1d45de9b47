using System.Text.Json;
using System.Text.Json.Nodes;

namespace PluginHost.App.Client;

/// <summary>Turns <c>name=value</c> into JSON, by what the script says of its parameters.</summary>
internal static class ParameterText
{
    /// <param name="given">What was typed.</param>
    /// <param name="schema">The JSON Schema of the script's parameters.</param>
    /// <exception cref="CommandFailure">It is not of that form, or names a parameter twice.</exception>
    public static JsonObject Read(IEnumerable<string> given, JsonNode schema)
    {
        var values = new JsonObject(new JsonNodeOptions { PropertyNameCaseInsensitive = true });
        foreach (var text in given)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                throw new CommandFailure($"-p {text} is no parameter. Write it as -p name=value.", ExitCode.WrongUsage);
            }

            var name = text[..equals];
            if (!values.TryAdd(name, Value(text[(equals + 1)..], Find(schema, name))))
            {
                throw new CommandFailure($"The parameter '{name}' is given twice. Give it once; a list is written as JSON, such as -p '{name}=[1, 2]'.", ExitCode.WrongUsage);
            }
        }

        return values;
    }

    // What is unknown or no JSON goes to the host as text: it names every mistake at once, better than it could be done here.
    private static JsonNode? Value(string text, JsonNode? schema)
    {
        if (schema is null || IsText(schema))
        {
            return JsonValue.Create(text);
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static bool IsText(JsonNode schema) => schema is JsonObject && schema["type"] switch
    {
        JsonValue type => (string?)type == "string",
        JsonArray types => types.Any(type => (string?)type == "string"),
        _ => false,
    };

    private static JsonNode? Find(JsonNode schema, string name) =>
        (schema["properties"] as JsonObject)?.FirstOrDefault(property => property.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
