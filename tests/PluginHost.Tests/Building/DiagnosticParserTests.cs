using PluginHost.Building;

namespace PluginHost.Tests.Building;

public sealed class DiagnosticParserTests
{
    [TestCase(
        "/src/plugins/A/Work.cs(14,9): error CS0103: The name 'x' does not exist in the current context [/src/plugins/A/A.csproj]",
        DiagnosticSeverity.Error, "CS0103", "The name 'x' does not exist in the current context", "/src/plugins/A/Work.cs", 14, 9, "/src/plugins/A/A.csproj")]
    [TestCase(
        "/src/plugins/A/Work.cs(3,1): warning CS8618: Non-nullable property [/src/plugins/A/A.csproj::TargetFramework=net10.0]",
        DiagnosticSeverity.Warning, "CS8618", "Non-nullable property", "/src/plugins/A/Work.cs", 3, 1, "/src/plugins/A/A.csproj")]
    [TestCase(
        "/src/plugins/A/A.csproj : error NU1101: Unable to find package Nowhere. No packages exist with this id in source(s): nuget.org [/src/batch.proj]",
        DiagnosticSeverity.Error, "NU1101", "Unable to find package Nowhere. No packages exist with this id in source(s): nuget.org", "/src/plugins/A/A.csproj", null, null, "/src/plugins/A/A.csproj")]
    [TestCase(
        "/src/plugins/A/A.csproj : error NU1101: Unable to find package Nowhere.",
        DiagnosticSeverity.Error, "NU1101", "Unable to find package Nowhere.", "/src/plugins/A/A.csproj", null, null, "/src/plugins/A/A.csproj")]
    [TestCase(
        "/src/plugins/A/A.csproj(3,5): error MSB4025: The project file could not be loaded. Unexpected end of file.",
        DiagnosticSeverity.Error, "MSB4025", "The project file could not be loaded. Unexpected end of file.", "/src/plugins/A/A.csproj", 3, 5, "/src/plugins/A/A.csproj")]
    [TestCase(
        "MSBUILD : error MSB1009: Project file does not exist.",
        DiagnosticSeverity.Error, "MSB1009", "Project file does not exist.", null, null, null, null)]
    [TestCase(
        "CSC : error CS8032: An instance of analyzer cannot be created [/src/plugins/A/A.csproj]",
        DiagnosticSeverity.Error, "CS8032", "An instance of analyzer cannot be created", null, null, null, "/src/plugins/A/A.csproj")]
    [TestCase(
        @"C:\src\plugins\A\Work.cs(1,2): error CS1002: ; expected [C:\src\plugins\A\A.csproj]",
        DiagnosticSeverity.Error, "CS1002", "; expected", @"C:\src\plugins\A\Work.cs", 1, 2, @"C:\src\plugins\A\A.csproj")]
    [TestCase(
        "/src/[x]/A/Work.cs(1,2): error CS1002: ; expected [/src/[x]/A/A.csproj]",
        DiagnosticSeverity.Error, "CS1002", "; expected", "/src/[x]/A/Work.cs", 1, 2, "/src/[x]/A/A.csproj")]
    public void Parse_ReadsAMessageOfTheBuild(
        string text, DiagnosticSeverity severity, string code, string message, string? file, int? line, int? column, string? project)
    {
        var parsed = DiagnosticParser.Parse(text);

        Assert.That(parsed, Is.EqualTo(new ProjectDiagnostic(new Diagnostic(severity, code, message, file, line, column), project)));
    }

    [TestCase("")]
    [TestCase("  A -> /src/bin/A.dll")]
    [TestCase("Build succeeded.")]
    [TestCase("    0 Error(s)")]
    public void Parse_OfAnyOtherLine_AnswersNull(string text) => Assert.That(DiagnosticParser.Parse(text), Is.Null);
}
