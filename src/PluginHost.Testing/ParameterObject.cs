using System.Text.Json;
using System.Text.Json.Nodes;
using PluginHost.Scripts;

namespace PluginHost.Testing;

/// <summary>Reads parameter values as a test writes them.</summary>
internal static class ParameterObject
{
    public static JsonObject? Read(object? parameters) => parameters switch
    {
        null => null,
        JsonObject json => json,
        _ when JsonSerializer.SerializeToNode(parameters, parameters.GetType(), ParameterJson.CreateOptions()) is JsonObject json => json,
        _ => throw new ArgumentException(
            $"Parameters are given by name: as an anonymous object (new {{ Days = 3 }}), a dictionary or a JsonObject, not as {TypeDisplay.Name(parameters.GetType())}.", nameof(parameters)),
    };
}
