using System.Text.Json;
using System.Text.Json.Serialization;

namespace PluginHost.App.Supervision;

/// <summary>What the supervisor tells the host before it starts: the first line on its standard input.</summary>
/// <param name="Death">How the host before this one died; null when there was none, or it ended as it should.</param>
/// <param name="SafeMode">Whether the host is to start nothing by itself.</param>
internal sealed record Greeting(string? Death, bool SafeMode)
{
    /// <summary>The line that asks the host to stop.</summary>
    public const string Stop = "stop";

    public string Write() => JsonSerializer.Serialize(this, GreetingJson.Default.Greeting);

    /// <summary>Answers null when it cannot be read.</summary>
    public static Greeting? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, GreetingJson.Default.Greeting);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSerializable(typeof(Greeting))]
internal sealed partial class GreetingJson : JsonSerializerContext;
