using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace PluginHost.Analyzers.Tests;

/// <summary>A plugin's source as the compiler sees it, with every analyzer.</summary>
internal sealed class Compiled
{
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Net.Http;
        global using System.Threading; global using System.Threading.Tasks; global using Microsoft.Extensions.Logging; global using PluginHost;
        """;

    // What this process runs on is what a plugin would be compiled against.
    private static readonly ImmutableArray<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(file => MetadataReference.CreateFromFile(file))];

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers =
        [.. typeof(ScriptAnalyzerBase).Assembly.GetTypes().Where(type => type is { IsAbstract: false } && type.IsSubclassOf(typeof(DiagnosticAnalyzer))).Select(type => (DiagnosticAnalyzer)Activator.CreateInstance(type)!)];

    private readonly Document _document;

    private Compiled(Document document) => _document = document;

    /// <summary>Compiles source, which has to compile.</summary>
    public static Compiled From(string source)
    {
        var project = new AdhocWorkspace()
            .AddProject("Reports", LanguageNames.CSharp)
            .WithMetadataReferences(References)
            .WithCompilationOptions(new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable))
            .WithParseOptions(new CSharpParseOptions(LanguageVersion.Latest));
        return new Compiled(project.AddDocument("Usings.cs", Usings).Project.AddDocument("Script.cs", source.ReplaceLineEndings("\n")));
    }

    /// <summary>A script with this body, of which the method is async, and these members beside it.</summary>
    public static Compiled Script(string body, string members = "", string attributes = "") => From($$"""
        {{attributes}}
        public sealed class Work : IScript
        {
            {{members}}
            public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
            {
                await Task.Yield();
                {{body}}
            }
        }
        """);

    /// <summary>What the analyzers say, in the order of the source: <c>id line: text that is marked</c>.</summary>
    public async Task<IReadOnlyList<string>> FindingsAsync()
    {
        var text = await _document.GetTextAsync();
        return [.. (await DiagnosticsAsync()).Select(finding => $"{finding.Id}: {text.ToString(finding.Location.SourceSpan)}")];
    }

    public async Task<IReadOnlyList<Diagnostic>> DiagnosticsAsync()
    {
        var compilation = (await _document.Project.GetCompilationAsync())!;
        var broken = compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        Assert.That(broken, Is.Empty, "the source of the test has to compile");
        var failures = new List<string>();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([]), (failure, analyzer, _) => failures.Add($"{analyzer}: {failure}"), concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        var found = await new CompilationWithAnalyzers(compilation, Analyzers, options).GetAnalyzerDiagnosticsAsync();
        Assert.That(failures, Is.Empty);
        return [.. found.OrderBy(finding => finding.Location.SourceSpan.Start).ThenBy(finding => finding.Id, StringComparer.Ordinal)];
    }

    /// <summary>The source after a fix of its only finding.</summary>
    public async Task<string> FixAsync(CodeFixProvider fix)
    {
        var finding = (await DiagnosticsAsync()).Single();
        var actions = new List<CodeAction>();
        await fix.RegisterCodeFixesAsync(new CodeFixContext(_document, finding, (action, _) => actions.Add(action), CancellationToken.None));
        var applied = (await actions.Single().GetOperationsAsync(CancellationToken.None)).OfType<ApplyChangesOperation>().Single();
        var changed = applied.ChangedSolution.GetDocument(_document.Id)!;
        Assert.That((await changed.Project.GetCompilationAsync())!.GetDiagnostics().Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error), Is.Empty);
        return (await changed.GetTextAsync()).ToString();
    }
}
