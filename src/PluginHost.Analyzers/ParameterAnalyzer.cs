using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PluginHost.Analyzers;

/// <summary>PH0011: parameters of which a host would reject the property.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ParameterAnalyzer : ScriptAnalyzerBase
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.Parameter];

    private protected override void Start(CompilationStartAnalysisContext context, KnownTypes types)
    {
        var parameterTypes = new ParameterTypeRules(types);
        context.RegisterSymbolAction(symbol => Check(symbol, types, parameterTypes), SymbolKind.Property);
    }

    private static void Check(SymbolAnalysisContext context, KnownTypes types, ParameterTypeRules parameterTypes)
    {
        var property = (IPropertySymbol)context.Symbol;
        if (property.GetAttributes().Any(attribute => attribute.Is(types.Parameter))
            && types.IsScript(property.ContainingType)
            && (Misplaced(property) ?? parameterTypes.Problem(property)) is { } problem)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.Parameter, property.Place(), property.Name, problem));
        }
    }

    // In the words of the host.
    private static string? Misplaced(IPropertySymbol property) => property switch
    {
        { IsIndexer: true } => "is an indexer. A parameter is a property with a name.",
        { IsStatic: true } => "is static, so all runs would share it. Remove static.",
        { SetMethod: null } => "has no setter. Write { get; init; }.",
        { SetMethod.DeclaredAccessibility: not Accessibility.Public } => "is not public. Write public, with a public init or set.",
        { GetMethod.DeclaredAccessibility: not Accessibility.Public } => "is not public. Write public, with a public init or set.",
        _ => null,
    };
}
