using System.Globalization;
using System.Text.RegularExpressions;

namespace PluginHost.Building;

/// <summary>A message of a build, and the project it came from.</summary>
/// <param name="Diagnostic">The message; its file is as the build wrote it.</param>
/// <param name="Project">The full path of the project file, or null when the message names none.</param>
internal sealed record ProjectDiagnostic(Diagnostic Diagnostic, string? Project);

/// <summary>Reads the one-line messages that MSBuild, the compiler and NuGet write.</summary>
internal static partial class DiagnosticParser
{
    /// <summary>Whether a line is an error; cheap where it plainly is none.</summary>
    public static bool IsError(string line) =>
        line.Contains("error ", StringComparison.Ordinal) && Parse(line)?.Diagnostic.Severity == DiagnosticSeverity.Error;

    public static ProjectDiagnostic? Parse(string line)
    {
        var match = Message().Match(line);
        if (!match.Success)
        {
            return null;
        }

        var project = Value(match, "project");
        var origin = Value(match, "file");
        var diagnostic = new Diagnostic(
            match.Groups["severity"].Value == "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
            Value(match, "code"),
            match.Groups["message"].Value.Trim(),
            origin is null or "MSBUILD" or "CSC" or "dotnet" ? null : origin,
            Number(match, "line"),
            Number(match, "column"));

        // NuGet writes in the name of whoever asked for the restore, and names the project as the origin.
        return new ProjectDiagnostic(diagnostic, origin is not null && Planning.WellKnownFiles.IsProject(origin) ? origin : project);
    }

    private static string? Value(Match match, string group) =>
        match.Groups[group] is { Success: true, Value: var value } && value.Trim().Length > 0 ? value.Trim() : null;

    private static int? Number(Match match, string group) =>
        int.TryParse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    // origin(line,column[,endline,endcolumn]): severity CODE: message [project]
    [GeneratedRegex("""
        ^\s*(?:(?<file>.+?)(?:\((?<line>\d+)(?:,(?<column>\d+))?(?:,\d+,\d+)?\))?\s*:\s)?\s*(?:[\w ]+\s)?(?<severity>error|warning)\s(?<code>[A-Za-z]+\d+)?\s*:\s(?<message>.*?)(?:\s\[(?<project>(?:[A-Za-z]:)?[/\\].*?proj|[^\[\]]+?proj)(?:::[^\]]*)?\])?\s*$
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Message();
}
