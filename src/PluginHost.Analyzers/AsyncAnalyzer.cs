using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace PluginHost.Analyzers;

/// <summary>PH0001 and PH0002: work that nobody waits for.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AsyncAnalyzer : ScriptAnalyzerBase
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.AsyncVoid, Rules.NotAwaited];

    private protected override void Start(CompilationStartAnalysisContext context, KnownTypes types)
    {
        context.RegisterSymbolAction(symbol => CheckMethod(symbol), SymbolKind.Method);
        context.RegisterOperationAction(CheckFunction, OperationKind.AnonymousFunction, OperationKind.LocalFunction);
        context.RegisterOperationAction(operation => CheckStatement(operation, types), OperationKind.ExpressionStatement);
    }

    private static void CheckMethod(SymbolAnalysisContext context)
    {
        if (context.Symbol is IMethodSymbol { IsAsync: true, ReturnsVoid: true } method)
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.AsyncVoid, method.Place(), method.Name));
        }
    }

    private static void CheckFunction(OperationAnalysisContext context)
    {
        var (symbol, place) = context.Operation switch
        {
            IAnonymousFunctionOperation function => (function.Symbol, function.Syntax.GetLocation()),
            ILocalFunctionOperation function => (function.Symbol, function.Symbol.Place()),
            _ => (null, Location.None),
        };
        if (symbol is { IsAsync: true, ReturnsVoid: true })
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.AsyncVoid, place, context.Operation is ILocalFunctionOperation ? symbol.Name : "lambda"));
        }
    }

    private static void CheckStatement(OperationAnalysisContext context, KnownTypes types)
    {
        var (work, discarded) = ((IExpressionStatementOperation)context.Operation).Operation switch
        {
            ISimpleAssignmentOperation { Target: IDiscardOperation, Value: var value } => (value, true),
            var operation => (operation, false),
        };

        // In an async function the compiler itself says so, of a task that is not even discarded.
        if (work is IInvocationOperation { TargetMethod: var method } && types.IsTask(work.Type) && (discarded || !IsInAsync(work.Syntax)))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.NotAwaited, work.Syntax.GetLocation(), method.Name));
        }
    }

    private static bool IsInAsync(SyntaxNode node) => node.Ancestors().FirstOrDefault(ancestor =>
            ancestor is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MemberDeclarationSyntax) switch
    {
        AnonymousFunctionExpressionSyntax function => function.AsyncKeyword.IsKind(SyntaxKind.AsyncKeyword),
        LocalFunctionStatementSyntax function => function.Modifiers.Any(SyntaxKind.AsyncKeyword),

        // Top-level statements are not a script's.
        MemberDeclarationSyntax member => member.Modifiers.Any(SyntaxKind.AsyncKeyword),
        _ => true,
    };
}
