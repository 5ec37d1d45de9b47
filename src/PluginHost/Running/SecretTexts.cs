using System.Text.Json;
using System.Text.Json.Nodes;

namespace PluginHost.Running;

/// <summary>The values of a run's secret parameters, which nothing that is kept of the run may show.</summary>
internal sealed class SecretTexts
{
    // Shorter ones stand in ordinary text by chance, and would tell more by being replaced.
    private const int Shortest = 4;

    private volatile string[] _texts = [];

    /// <param name="parameters">The parameters as they were given.</param>
    /// <param name="secrets">The names of the secret ones.</param>
    public void Learn(JsonObject? parameters, IEnumerable<string> secrets) => _texts = parameters is null ? [] :
    [
        .. secrets.SelectMany(name => Texts(parameters.FirstOrDefault(parameter => parameter.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value)).Where(text => text.Length >= Shortest).Distinct()

            // The longer first: one may be a part of another.
            .OrderByDescending(text => text.Length),
    ];

    public string Hide(string text) => _texts.Aggregate(text, (hidden, secret) => hidden.Replace(secret, SecretParameters.Shown, StringComparison.Ordinal));

    public JsonNode? Hide(JsonNode? json) => _texts.Length == 0 ? json : json switch
    {
        JsonObject properties => Hide(properties),
        JsonArray items => new JsonArray([.. items.Select(Hide)]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(Hide(value.GetValue<string>())),

        // A number with a secret in it is none any more.
        JsonValue value when value.GetValueKind() == JsonValueKind.Number && value.ToJsonString() is var digits && Hide(digits) != digits => JsonValue.Create(SecretParameters.Shown),
        _ => json?.DeepClone(),
    };

    private JsonObject Hide(JsonObject properties)
    {
        var hidden = new JsonObject();
        foreach (var (name, value) in properties)
        {
            // Two names can become one.
            hidden[Hide(name)] = Hide(value);
        }

        return hidden;
    }

    private static IEnumerable<string> Texts(JsonNode? value) => value switch
    {
        JsonObject properties => properties.SelectMany(property => Texts(property.Value)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue => [value.ToString()],
        _ => [],
    };
}
