using Spectre.Console;

namespace PluginHost.App.Output;

/// <summary>A diagnostic as compilers write it, so that editors and CI find the place: <c>file(line,col): error CODE: message</c>.</summary>
internal static class DiagnosticText
{
    // What the tools gave no code for is the host's own finding.
    private const string OwnCode = "PLUGINHOST";

    public static Cell Of(Diagnostic diagnostic)
    {
        var isError = diagnostic.Severity == DiagnosticSeverity.Error;
        var place = diagnostic switch
        {
            { File: null } => "pluginhost",
            { Line: null } => diagnostic.File,
            { Column: null } => $"{diagnostic.File}({diagnostic.Line})",
            _ => $"{diagnostic.File}({diagnostic.Line},{diagnostic.Column})",
        };
        return new Cell($"{place}: {(isError ? "error" : "warning")} {diagnostic.Code ?? OwnCode}: {diagnostic.Message}", isError ? Color.Red : Color.Yellow);
    }
}
