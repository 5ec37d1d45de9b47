using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace PluginHost.Analyzers;

/// <summary>PH0006 and PH0007: what the process holds on to, and a version of the plugin with it.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class PinningAnalyzer : ScriptAnalyzerBase
{
    // Their events are not static, but there is one of each, or none that a plugin may outlive.
    private static readonly string[] Lasting = ["System.AppDomain", "System.Runtime.Loader.AssemblyLoadContext"];

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.StaticEvent, Rules.Registration];

    private protected override void Start(CompilationStartAnalysisContext context, KnownTypes types)
    {
        var lasting = Lasting.Select(types.Find).OfType<INamedTypeSymbol>().ToImmutableArray();
        context.RegisterSymbolStartAction(symbol => StartType(symbol, lasting), SymbolKind.NamedType);
    }

    private static void StartType(SymbolStartAnalysisContext context, ImmutableArray<INamedTypeSymbol> lasting)
    {
        var added = new ConcurrentBag<(IEventSymbol Event, Location Place)>();
        var removed = new ConcurrentBag<IEventSymbol>();
        var registered = new ConcurrentBag<(LastingCall Call, Location Place)>();
        var called = new ConcurrentBag<string>();

        context.RegisterOperationAction(
            operation =>
            {
                var assignment = (IEventAssignmentOperation)operation.Operation;
                if (assignment.EventReference is not IEventReferenceOperation { Event: var target } || !Lasts(target, operation.Compilation, lasting))
                {
                    return;
                }

                if (assignment.Adds)
                {
                    added.Add((target, assignment.Syntax.GetLocation()));
                }
                else
                {
                    removed.Add(target);
                }
            },
            OperationKind.EventAssignment);
        context.RegisterOperationAction(
            operation =>
            {
                var call = (IInvocationOperation)operation.Operation;
                var name = $"{call.TargetMethod.ContainingType?.OriginalDefinition.ToDisplayString()}.{call.TargetMethod.Name}";
                called.Add(name);
                if (LastingCall.Find(name) is { } lasts && lasts.Stays(call))
                {
                    registered.Add((lasts, call.Syntax.GetLocation()));
                }
            },
            OperationKind.Invocation);
        context.RegisterSymbolEndAction(end =>
        {
            foreach (var (target, place) in added.Where(addition => !removed.Contains(addition.Event, SymbolEqualityComparer.Default)))
            {
                end.ReportDiagnostic(Diagnostic.Create(Rules.StaticEvent, place, $"{target.ContainingType.Name}.{target.Name}"));
            }

            foreach (var (call, place) in registered.Where(registration => registration.Call.UndoneBy is null || !called.Contains(registration.Call.UndoneBy)))
            {
                end.ReportDiagnostic(Diagnostic.Create(Rules.Registration, place, call.ShortName, call.Advice));
            }
        });
    }

    private static bool Lasts(IEventSymbol target, Compilation compilation, ImmutableArray<INamedTypeSymbol> lasting) =>
        !SymbolEqualityComparer.Default.Equals(target.ContainingAssembly, compilation.Assembly)
            && (target.IsStatic || lasting.Any(type => SymbolEqualityComparer.Default.Equals(type, target.ContainingType)));
}
