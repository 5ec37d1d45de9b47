using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PluginHost.Analyzers;

/// <summary>PH0005 and PH0008: what is static lives and dies with a version.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StaticStateAnalyzer : ScriptAnalyzerBase
{
    private static readonly string[] Running =
        ["System.Threading.Timer", "System.Threading.ITimer", "System.Threading.PeriodicTimer", "System.Threading.Thread", "System.Timers.Timer"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.StaticState, Rules.StaticTimer];

    private protected override void Start(CompilationStartAnalysisContext context, KnownTypes types)
    {
        var running = Running.Select(types.Find).OfType<INamedTypeSymbol>().ToImmutableArray();
        context.RegisterSymbolAction(symbol => CheckField(symbol, running), SymbolKind.Field);
        context.RegisterSymbolAction(CheckProperty, SymbolKind.Property);
    }

    private static void CheckField(SymbolAnalysisContext context, ImmutableArray<INamedTypeSymbol> running)
    {
        var field = (IFieldSymbol)context.Symbol;
        if (!field.IsStatic || field.IsConst || field.IsImplicitlyDeclared || field.ContainingType.TypeKind == TypeKind.Enum)
        {
            return;
        }

        if (running.Any(type => SymbolEqualityComparer.Default.Equals(type, field.Type)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.StaticTimer, field.Place(), field.Name));
        }
        else if (!field.IsReadOnly)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.StaticState, field.Place(), field.Name));
        }
    }

    private static void CheckProperty(SymbolAnalysisContext context)
    {
        // Only one that keeps its value itself has a field behind it.
        if (context.Symbol is IPropertySymbol { IsStatic: true, SetMethod: not null } property
            && property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(field => SymbolEqualityComparer.Default.Equals(field.AssociatedSymbol, property)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.StaticState, property.Place(), property.Name));
        }
    }
}
