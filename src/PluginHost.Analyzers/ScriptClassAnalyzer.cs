using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace PluginHost.Analyzers;

/// <summary>PH0012, PH0013 and PH0014: classes that a host would reject.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ScriptClassAnalyzer : ScriptAnalyzerBase
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.SameName, Rules.AfterItself, Rules.NoScript];

    private protected override void Start(CompilationStartAnalysisContext context, KnownTypes types)
    {
        var scripts = new ConcurrentBag<(string Name, INamedTypeSymbol Type)>();
        context.RegisterSymbolAction(
            symbol =>
            {
                var type = (INamedTypeSymbol)symbol.Symbol;
                if (types.IsRunnable(type))
                {
                    scripts.Add((types.NameOf(type), type));
                    CheckChain(symbol, type, types);
                }
                else
                {
                    CheckAttributes(symbol, type, types);
                }
            },
            SymbolKind.NamedType);
        context.RegisterCompilationEndAction(end => CheckNames(end, scripts));
    }

    private static void CheckChain(SymbolAnalysisContext context, INamedTypeSymbol type, KnownTypes types)
    {
        var id = $"{context.Compilation.AssemblyName}.{types.NameOf(type)}";
        foreach (var attribute in type.GetAttributes().Where(attribute => attribute.Is(types.RunAfter)))
        {
            if (attribute.ConstructorArguments is [{ Value: string other }] && other.Trim().Equals(id, StringComparison.OrdinalIgnoreCase))
            {
                var place = attribute.ApplicationSyntaxReference?.GetSyntax(context.CancellationToken).GetLocation();
                context.ReportDiagnostic(Diagnostic.Create(Rules.AfterItself, place ?? type.Place(), id));
            }
        }
    }

    private static void CheckAttributes(SymbolAnalysisContext context, INamedTypeSymbol type, KnownTypes types)
    {
        var attribute = type.GetAttributes().FirstOrDefault(candidate => candidate.Is(types.ScriptAttribute) || candidate.Is(types.Schedule));
        if (attribute is null)
        {
            return;
        }

        var problem = !types.IsScript(type)
            ? "does not implement IScript. Implement it, or remove the attribute."
            : "a host cannot construct it. It has to be public or internal, and neither abstract nor generic.";
        context.ReportDiagnostic(Diagnostic.Create(Rules.NoScript, type.Place(), type.Name, attribute.AttributeClass!.Name.Replace("Attribute", ""), problem));
    }

    private static void CheckNames(CompilationAnalysisContext context, IEnumerable<(string Name, INamedTypeSymbol Type)> scripts)
    {
        foreach (var twins in scripts.GroupBy(script => script.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            var types = twins.Select(script => script.Type).OrderBy(type => type.ToDisplayString(), StringComparer.Ordinal).ToList();
            var names = string.Join(" and ", types.Select(type => $"'{type.ToDisplayString()}'"));
            foreach (var type in types)
            {
                context.ReportDiagnostic(Diagnostic.Create(Rules.SameName, type.Place(), names, twins.Key));
            }
        }
    }
}
