using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace PluginHost.Scripts;

/// <summary>The DataAnnotations of one property.</summary>
internal sealed class ParameterRules
{
    // A ValidationContext wants an object. The script does not exist yet when its parameters are checked.
    private static readonly object NoObject = new();

    // The framework's own message does not say which values are allowed.
    private static readonly string? AllowedValuesMessage = new AllowedValuesAttribute().ErrorMessage;

    private ParameterRules(IReadOnlyList<ValidationAttribute> attributes) => Attributes = attributes;

    public IReadOnlyList<ValidationAttribute> Attributes { get; }

    /// <summary>Throws what the constructor of an attribute throws.</summary>
    public static ParameterRules Of(PropertyInfo property) => new([.. property.GetCustomAttributes<ValidationAttribute>(inherit: true)]);

    /// <summary>The rules of a property of a nested object; of a positional record they stand on its parameter.</summary>
    public static ParameterRules Of(JsonPropertyInfo property) => new(
    [
        .. Of(property.AttributeProvider).Concat(Of(property.AssociatedParameter?.AttributeProvider)),
    ]);

    /// <summary>What the value breaks, as sentences.</summary>
    /// <exception cref="InvalidOperationException">An attribute cannot judge a value of this type.</exception>
    public IEnumerable<string> Broken(object? value, string name)
    {
        foreach (var attribute in Attributes)
        {
            // Not the class Validator: it remembers each type it has seen for ever, and with it the plugin's assembly.
            // With a display name set, neither does the context look the type up there.
            var context = new ValidationContext(NoObject) { DisplayName = name, MemberName = name };
            ValidationResult? result;
            try
            {
                result = attribute.GetValidationResult(value, context);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"{Name(attribute)} cannot judge it: {ExceptionText.Describe(failure)}", failure);
            }

            if (result != ValidationResult.Success)
            {
                yield return attribute is AllowedValuesAttribute { ErrorMessageResourceName: null } allowed && allowed.ErrorMessage == AllowedValuesMessage
                    ? $"{name} must be one of {string.Join(", ", allowed.Values.Select(one => one ?? "null"))}."
                    : result?.ErrorMessage ?? $"{name} breaks {Name(attribute)}.";
            }
        }
    }

    private static string Name(ValidationAttribute attribute)
    {
        var name = attribute.GetType().Name;
        return $"[{(name.EndsWith(nameof(Attribute), StringComparison.Ordinal) ? name[..^nameof(Attribute).Length] : name)}]";
    }

    private static IEnumerable<ValidationAttribute> Of(ICustomAttributeProvider? provider) =>
        provider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true).Cast<ValidationAttribute>() ?? [];
}
