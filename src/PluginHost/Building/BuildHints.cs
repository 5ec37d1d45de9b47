namespace PluginHost.Building;

/// <summary>What to do about messages that say what is wrong in the words of the tool alone.</summary>
internal static class BuildHints
{
    public const string Circle = "MSB4006";

    /// <summary>A sentence to follow the message, or null.</summary>
    public static string? For(Diagnostic diagnostic) => diagnostic.Code switch
    {
        Circle => "Projects that reference each other in a circle cannot be built; take one of the references away.",
        "NU1004" => "Build:LockedRestore is set: run dotnet restore --force-evaluate on the project, and commit its packages.lock.json.",
        "NU1403" => "What the source offers is not what packages.lock.json was made for. Find out why before you make it anew.",
        "NU1301" => "It is tried again with the next commit, or when somebody asks for a sync.",
        _ => null,
    };
}
