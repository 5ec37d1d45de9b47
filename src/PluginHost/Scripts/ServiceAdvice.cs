using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace PluginHost.Scripts;

/// <summary>Says why the host cannot serve a parameter of a script's constructor, and what to do about it.</summary>
internal static class ServiceAdvice
{
    public static string For(ParameterInfo parameter, ScriptServices services)
    {
        var type = parameter.ParameterType;
        var name = TypeDisplay.Name(type);
        return $"Its constructor asks for '{name} {parameter.Name}'. {Reason(parameter, type, name, services)}";
    }

    private static string Reason(ParameterInfo parameter, Type type, string name, ScriptServices services)
    {
        if (services.Shared.Contains(type))
        {
            return parameter.GetCustomAttribute<FromKeyedServicesAttribute>()?.Key is { } key
                ? $"The host shares '{name}' with scripts, but has registered none with the key '{key}'."
                : $"The host shares '{name}' with scripts, but has not registered it: its operator has to add it to builder.Services.";
        }

        if (services.Shared.FindNamesake(type) is { } namesake)
        {
            return $"The host shares '{TypeDisplay.FullName(namesake)}' with scripts, but the plugin brings a copy of its own of {type.Assembly.GetName().Name}.dll, which makes it a different type. Keep that file out of the plugin's output: <Private>false</Private> on the reference, or ExcludeAssets=\"runtime\" on the package.";
        }

        if (ParameterTypes.Bare(type) is { IsPrimitive: true } or { IsEnum: true } || Scalar.Of(ParameterTypes.Bare(type)) is not null)
        {
            return $"That is a value, not a service. Make it a parameter of the script, [Parameter] public {name} {Pascal(parameter.Name)} {{ get; init; }}, or read it from IConfiguration.";
        }

        if (type == typeof(IHttpClientFactory))
        {
            return "Ask for HttpClient instead.";
        }

        if (type.Assembly.IsCollectible && !type.IsInterface && !type.IsAbstract)
        {
            return "That is a class of the plugin itself, which the host does not construct. Construct it in the script.";
        }

        if (services.Shared.AreOutOfReach)
        {
            return "The script runs in a worker process of its own, where the services of the application are not available; ILogger, IConfiguration, HttpClient and TimeProvider are. Reach the application another way, such as by HttpClient, or let the script run in the host: by [Script(Isolation = ScriptIsolation.Host)], where PluginHost:Isolation does not say otherwise.";
        }

        return $"The host does not share that with scripts. Where it may, its operator adds this line: builder.Services.AddPluginHost().Share<{name}>();";
    }

    private static string Pascal(string? name) => string.IsNullOrEmpty(name) ? "Name" : char.ToUpperInvariant(name[0]) + name[1..];
}
