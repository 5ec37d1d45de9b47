using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace PluginHost.Scripts;

/// <summary>A script cannot be constructed, because the host has no service that its constructor asks for.</summary>
/// <param name="problems">Which, and what to do, one sentence or more for each.</param>
internal sealed class ScriptActivationException(IReadOnlyList<string> problems) : Exception(string.Join(" ", problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Constructs and disposes scripts.</summary>
/// <remarks>Remembers nothing about a type, so that plugins can leave memory.</remarks>
internal static class ScriptActivator
{
    /// <summary>Constructs a script by the longest of its public constructors that can be served.</summary>
    /// <exception cref="ScriptActivationException">None can be served. What a constructor throws comes as it is.</exception>
    public static IScript Create(Type type, ScriptServices services)
    {
        var problems = new List<string>();
        foreach (var constructor in Constructors(type))
        {
            if (TryGetArguments(constructor, services, problems, out var arguments))
            {
                return (IScript)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null);
            }
        }

        throw new ScriptActivationException(problems.Count > 0
            ? [.. problems.Distinct()]
            : [$"{TypeDisplay.Name(type)} has no public constructor. Make one public, or remove them all."]);
    }

    /// <summary>Disposes a script that can be disposed.</summary>
    /// <remarks>
    /// Throws what the script throws. Whoever awaits this goes on outside the plugin's code: as long as a method of
    /// the plugin is on the stack, the plugin stays in memory.
    /// </remarks>
    public static async ValueTask DisposeAsync(object instance)
    {
        switch (instance)
        {
            case IAsyncDisposable disposable:
                try
                {
                    await disposable.DisposeAsync();
                }
                finally
                {
                    await Task.Yield();
                }

                break;

            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private static IEnumerable<ConstructorInfo> Constructors(Type type)
    {
        var constructors = type.GetConstructors();
        var chosen = constructors.Where(constructor => constructor.IsDefined(typeof(ActivatorUtilitiesConstructorAttribute), inherit: false)).ToList();
        return (chosen.Count > 0 ? chosen : [.. constructors])
            .OrderByDescending(constructor => constructor.GetParameters().Length)
            .ThenBy(constructor => constructor.MetadataToken);
    }

    private static bool TryGetArguments(ConstructorInfo constructor, ScriptServices services, List<string> problems, out object?[] arguments)
    {
        var parameters = constructor.GetParameters();
        arguments = new object?[parameters.Length];

        // Asked first for all, then made: a constructor that is not chosen after all must not have made half its services.
        var known = problems.Count;
        var served = Array.ConvertAll(parameters, parameter => services.IsKeyedService(parameter.ParameterType, Key(parameter)));
        for (var i = 0; i < parameters.Length; i++)
        {
            if (!served[i] && !parameters[i].HasDefaultValue)
            {
                problems.Add(ServiceAdvice.For(parameters[i], services));
            }
        }

        for (var i = 0; i < parameters.Length && problems.Count == known; i++)
        {
            arguments[i] = served[i] ? services.GetKeyedService(parameters[i].ParameterType, Key(parameters[i])) : DefaultValue(parameters[i]);
            if (arguments[i] is null && served[i])
            {
                problems.Add($"The host shares '{TypeDisplay.Name(parameters[i].ParameterType)}' with scripts, but what it registered for it gave null.");
            }
        }

        return problems.Count == known;
    }

    private static object? Key(ParameterInfo parameter) => parameter.GetCustomAttribute<FromKeyedServicesAttribute>()?.Key;

    private static object? DefaultValue(ParameterInfo parameter) => parameter.DefaultValue is null && parameter.ParameterType.IsValueType
        ? Activator.CreateInstance(parameter.ParameterType)
        : parameter.DefaultValue;
}
