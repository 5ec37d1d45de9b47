using System.Text.Json.Nodes;

namespace PluginHost.Scripts;

/// <summary>Checked values for the parameters of a script.</summary>
/// <remarks>May hold objects of the plugin's types: keep it only as long as a lease of the plugin's version.</remarks>
internal sealed class ParameterValues(IReadOnlyList<(Parameter Parameter, object? Value)> values, JsonObject given, JsonObject effective)
{
    /// <summary>What was given, under the declared names. Holds nothing of the plugin.</summary>
    public JsonObject Given { get; } = given;

    /// <summary>What was given, and for the rest the defaults as far as they are known. Holds nothing of the plugin.</summary>
    public JsonObject Effective { get; } = effective;

    /// <summary>Sets the given values; the other parameters keep their initial values.</summary>
    /// <remarks>Throws what a setter throws.</remarks>
    public void ApplyTo(object instance)
    {
        foreach (var (parameter, value) in values)
        {
            parameter.Set(instance, value);
        }
    }
}
