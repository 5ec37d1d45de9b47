namespace PluginHost;

/// <summary>Marks a public property with a setter or <c>init</c> as a parameter of the script.</summary>
/// <remarks>
/// The property's type, nullability, initial value, <c>required</c> and DataAnnotations become the form, the JSON
/// Schema and the validation. A run with wrong parameters is refused before it starts.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ParameterAttribute : Attribute
{
    /// <summary>What the parameter is for, in a sentence.</summary>
    public string? Description { get; set; }
}
