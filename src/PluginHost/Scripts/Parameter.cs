using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace PluginHost.Scripts;

/// <summary>One parameter of a script.</summary>
/// <param name="Property">The property that holds it.</param>
/// <param name="Value">How its values are read and written.</param>
/// <param name="Description">What it is for.</param>
/// <param name="IsNullable">Whether it may be null.</param>
/// <param name="Rules">What its values have to fulfil.</param>
internal sealed record Parameter(PropertyInfo Property, JsonTypeInfo Value, string? Description, bool IsNullable, ParameterRules Rules)
{
    public string Name => Property.Name;

    /// <summary>Whether its values are never shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Why a value has to be given, to go on after "because"; null when the parameter may be left out.</summary>
    public string? RequiredBecause { get; init; }

    public bool IsRequired => RequiredBecause is not null;

    /// <summary>Whether <see cref="Default"/> is known.</summary>
    public bool HasDefault { get; init; }

    /// <summary>The initial value of the property.</summary>
    public JsonNode? Default { get; init; }

    public void Set(object instance, object? value) =>
        Property.SetMethod!.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, [value], null);

    public object? Get(object instance) =>
        Property.GetMethod!.Invoke(instance, BindingFlags.DoNotWrapExceptions, null, null, null);
}
