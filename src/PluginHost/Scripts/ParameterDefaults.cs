using System.Text.Json;

namespace PluginHost.Scripts;

/// <summary>Takes the initial values of a script's properties for the defaults of its parameters.</summary>
internal static class ParameterDefaults
{
    /// <summary>The parameter with its default, or with the reason why it has none and a value has to be given.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="instance">A new instance of the script.</param>
    /// <param name="report">Told each mistake, to go on after "Parameter ".</param>
    public static Parameter Read(Parameter parameter, object instance, Action<string> report)
    {
        if (parameter.IsRequired || parameter.Property.GetMethod is null)
        {
            return parameter;
        }

        try
        {
            var value = parameter.Get(instance);
            return WhyNoDefault(parameter, value) is { } reason ? parameter with { RequiredBecause = reason } : With(parameter, value);
        }
        catch (Exception failure)
        {
            report($"'{parameter.Name}' has an initial value that cannot be read: {ExceptionText.Describe(failure)}");
            return parameter;
        }
    }

    /// <summary>An initial value that its own rules refuse is no default: nothing runs with wrong parameters.</summary>
    private static string? WhyNoDefault(Parameter parameter, object? value)
    {
        if (value is null && !parameter.IsNullable)
        {
            return "its initial value is null";
        }

        if (value is Enum && !HasName(value) && !EnumNames.AreFlags(value.GetType()))
        {
            return $"its initial value {value} is none of {string.Join(", ", EnumNames.Of(value.GetType()))}";
        }

        return parameter.Rules.Broken(value, parameter.Name).FirstOrDefault() is { } broken
            ? $"its initial value is not allowed ({broken.TrimEnd('.')})"
            : null;
    }

    // Flags of which none is set may have no name: then there is a default, and no way to write it.
    private static Parameter With(Parameter parameter, object? value) => value is Enum && !HasName(value)
        ? parameter
        : parameter with { HasDefault = true, Default = ParameterJson.Detach(JsonSerializer.SerializeToNode(value, parameter.Value)) };

    private static bool HasName(object value) => !char.IsAsciiDigit(value.ToString()![0]) && value.ToString()![0] != '-';
}
