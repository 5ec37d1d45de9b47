using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PluginHost.Documentation.Tests;

/// <summary>Each example in C# is compiled, with what a project of its kind has around it.</summary>
public sealed class CSharpTests
{
    // Its examples show what the analyzers warn of, and parts of it.
    private const string Rules = "src/PluginHost.Analyzers/docs/rules.md";

    // What this process runs on is what a reader's project would be compiled against.
    private static readonly ImmutableArray<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file))];

    private static readonly CompilationUnitSyntax Prelude = ReadPrelude();

    private static IEnumerable<Snippet> Snippets => Page.All.Where(page => page.Name != Rules).SelectMany(page => page.Snippets("csharp"));

    [TestCaseSource(nameof(Snippets))]
    public void AnExample_Compiles(object snippet)
    {
        var errors = Errors(((Snippet)snippet).Text);

        Assert.That(errors, Is.Empty);
    }

    [Test]
    public void AnExampleThatDoesNotCompile_IsFound() => Assert.That(Errors("builder.Services.AddPluginHosts();"), Is.Not.Empty);

    private static IEnumerable<string> Errors(string text)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var unit = CSharpSyntaxTree.ParseText(text, options).GetCompilationUnitRoot();
        var example = unit.Members.Any(member => member is GlobalStatementSyntax) ? InAMethod(text, unit) : text;
        var compilation = CSharpCompilation.Create(
            "Example",
            [CSharpSyntaxTree.Create(PreludeWithout(unit), options), CSharpSyntaxTree.ParseText(example, options)],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        return compilation.GetDiagnostics().Where(found => found.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).Select(found => found.ToString());
    }

    /// <summary>Statements, with the variables that the lines before them would have made.</summary>
    private static string InAMethod(string text, CompilationUnitSyntax unit)
    {
        var own = unit.DescendantNodes().OfType<VariableDeclaratorSyntax>().Select(variable => variable.Identifier.Text).ToHashSet(StringComparer.Ordinal);
        (string Type, string Name)[] given = [("WebApplicationBuilder", "builder"), ("WebApplication", "app"), ("string[]", "args"), ("ScriptHarness<DailyTotals>", "harness"), ("ScriptContext", "context")];
        var parameters = string.Join(", ", given.Where(variable => !own.Contains(variable.Name)).Select(variable => $"{variable.Type} {variable.Name}"));
        var usings = string.Concat(unit.Usings.Select(directive => directive.ToFullString()));
        return $"{usings} internal static class Example {{ internal static async Task RunAsync({parameters}) {{ await Task.Yield();\n{text[unit.Usings.FullSpan.End..]}\n}} }}";
    }

    /// <summary>What is taken for granted, but for what the example defines itself.</summary>
    private static CompilationUnitSyntax PreludeWithout(CompilationUnitSyntax example)
    {
        var own = example.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(type => type.Identifier.Text).ToHashSet(StringComparer.Ordinal);
        return Prelude.RemoveNodes(Prelude.Members.OfType<BaseTypeDeclarationSyntax>().Where(type => own.Contains(type.Identifier.Text)), SyntaxRemoveOptions.KeepNoTrivia)!;
    }

    private static CompilationUnitSyntax ReadPrelude()
    {
        using var reader = new StreamReader(typeof(CSharpTests).Assembly.GetManifestResourceStream("Prelude.cs")!);
        return CSharpSyntaxTree.ParseText(reader.ReadToEnd(), new CSharpParseOptions(LanguageVersion.Latest)).GetCompilationUnitRoot();
    }
}
