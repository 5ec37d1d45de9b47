using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace PluginHost.Scripts;

/// <summary>A public constructor of a script, and what it asks for.</summary>
/// <remarks>Kept with the class for as long as a version has it: what reflection compiles to call it belongs to this object, and would be compiled again for each run.</remarks>
internal sealed class ScriptConstructor
{
    private readonly ConstructorInfo _constructor;
    private readonly ParameterInfo[] _parameters;
    private readonly object?[] _keys;

    private ScriptConstructor(ConstructorInfo constructor)
    {
        _constructor = constructor;
        _parameters = constructor.GetParameters();
        _keys = Array.ConvertAll(_parameters, parameter => parameter.GetCustomAttribute<FromKeyedServicesAttribute>()?.Key);
    }

    /// <summary>Those of a class, the longest first; only those that are marked, if any is.</summary>
    public static IReadOnlyList<ScriptConstructor> Of(Type type)
    {
        var constructors = type.GetConstructors();
        var chosen = constructors.Where(constructor => constructor.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute), inherit: false)).ToList();
        return
        [
            .. (chosen.Count > 0 ? chosen : [.. constructors])
                .OrderByDescending(constructor => constructor.GetParameters().Length)
                .ThenBy(constructor => constructor.MetadataToken)
                .Select(constructor => new ScriptConstructor(constructor)),
        ];
    }

    /// <summary>What it throws comes as it is.</summary>
    public IScript Invoke(object?[] arguments) => (IScript)_constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);

    public bool TryGetArguments(ScriptServices services, List<string> problems, out object?[] arguments)
    {
        arguments = new object?[_parameters.Length];

        // Asked first for all, then made: a constructor that is not chosen after all must not have made half its services.
        var known = problems.Count;
        var served = new bool[_parameters.Length];
        for (var i = 0; i < _parameters.Length; i++)
        {
            served[i] = services.IsKeyedService(_parameters[i].ParameterType, _keys[i]);
            if (!served[i] && !_parameters[i].HasDefaultValue)
            {
                problems.Add(ServiceAdvice.For(_parameters[i], services));
            }
        }

        for (var i = 0; i < _parameters.Length && problems.Count == known; i++)
        {
            arguments[i] = served[i] ? services.GetKeyedService(_parameters[i].ParameterType, _keys[i]) : DefaultValue(_parameters[i]);
            if (arguments[i] is null && served[i])
            {
                problems.Add($"The host shares '{TypeDisplay.Name(_parameters[i].ParameterType)}' with scripts, but what it registered for it gave null.");
            }
        }

        return problems.Count == known;
    }

    private static object? DefaultValue(ParameterInfo parameter) => parameter.DefaultValue is null && parameter.ParameterType.IsValueType
        ? Activator.CreateInstance(parameter.ParameterType)
        : parameter.DefaultValue;
}
