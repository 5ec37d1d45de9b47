namespace PluginHost.Building;

/// <summary>Which failed builds are worth doing once more, packages included.</summary>
internal static class SecondTry
{
    // What the compiler and the SDK say when a package that was restored once is no longer where it was, or when a
    // file that the plan could not know of asks for another one.
    private static readonly string[] MissingPackageCodes = ["CS0246", "CS0234", "CS0006", "CS0012", "MSB4018", "MSB4019", "MSB4062"];

    /// <summary>Whether the cause may lie in packages that were not fetched anew, or in the build servers.</summary>
    public static bool MayHeal(BuildResult result, bool restored) =>
        result.IsUnexplained || result.WasLeftOut || result.Problem?.Diagnostics.Any(IsOfContract) == true || (!restored && result.Problem?.Diagnostics.Any(IsOfMissingPackage) == true);

    // Another host, with another contract of the same version, took it out of the folder that all of a user's builds share.
    private static bool IsOfContract(Diagnostic diagnostic) =>
        diagnostic.Code == "CS0006" && diagnostic.Message.Contains("PluginHost.Abstractions.dll", StringComparison.Ordinal);

    private static bool IsOfMissingPackage(Diagnostic diagnostic) =>
        diagnostic is { Severity: DiagnosticSeverity.Error, Code: { } code }
        && (MissingPackageCodes.Contains(code) || code.StartsWith("NETSDK", StringComparison.Ordinal) || code.StartsWith("NU", StringComparison.Ordinal));
}
