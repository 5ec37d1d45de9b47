namespace PluginHost.Scripts;

/// <summary>Tells script classes from the other types of an assembly.</summary>
internal static class ScriptCandidates
{
    /// <summary>Whether the type is a script, or was plainly meant to be one and cannot be.</summary>
    /// <param name="type">The type.</param>
    /// <param name="problem">Why it cannot be, when it was meant to be one; to go on after the name of the class.</param>
    public static bool IsScript(Type type, out string? problem)
    {
        problem = null;
        if (type.IsInterface)
        {
            return false;
        }

        if (!typeof(IScript).IsAssignableFrom(type))
        {
            problem = ImplementsAnotherContract(type)
                ? "implements the IScript of a copy of PluginHost.Abstractions.dll that the plugin brings itself, not the host's. Refer to the package PluginHost.Abstractions, which keeps that file out of the output."
                : HasAttribute(type) ? "has the attribute [Script] or [Schedule], but does not implement IScript." : null;
            return false;
        }

        var obstacle = Obstacle(type);
        problem = obstacle is not null && (type.IsValueType || HasAttribute(type)) ? obstacle : null;
        return obstacle is null;
    }

    private static string? Obstacle(Type type) => type switch
    {
        { IsValueType: true } => "is a struct. A script has to be a class.",
        { ContainsGenericParameters: true } => "is generic, so there is no saying for which types it is to run. Derive a class that is not.",
        { IsAbstract: true } => "is abstract or static, so it cannot be constructed. Derive a class that is not.",
        _ when !IsVisibleInAssembly(type) => "is private, protected or local to its file. Make it public or internal.",
        _ => null,
    };

    private static bool IsVisibleInAssembly(Type type)
    {
        // The compiler gives a file-local type a name that starts so.
        if (type.Name.StartsWith('<') || type.IsNestedPrivate || type.IsNestedFamily || type.IsNestedFamANDAssem)
        {
            return false;
        }

        return type.DeclaringType is not { } outer || IsVisibleInAssembly(outer);
    }

    private static bool HasAttribute(Type type) =>
        type.IsDefined(typeof(ScriptAttribute), inherit: false) || type.IsDefined(typeof(ScheduleAttribute), inherit: false);

    private static bool ImplementsAnotherContract(Type type) =>
        type.GetInterfaces().Any(candidate => candidate != typeof(IScript) && candidate.FullName == typeof(IScript).FullName);
}
