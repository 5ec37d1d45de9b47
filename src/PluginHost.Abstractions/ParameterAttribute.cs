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

    /// <summary>Whether its values are secret, such as a password.</summary>
    /// <value>
    /// The default is false. A secret value is stored encrypted, and shown neither by the API nor by the pages; where it
    /// stands in the run's log, result or error as a text of four characters or more, it is replaced by <c>***</c>.
    /// </value>
    public bool Secret { get; set; }
}
