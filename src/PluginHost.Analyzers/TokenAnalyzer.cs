using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace PluginHost.Analyzers;

/// <summary>PH0003 and PH0004: runs that cannot be cancelled.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TokenAnalyzer : ScriptAnalyzerBase
{
    /// <summary>The property of a diagnostic that holds the name of the parameter to pass the token as; without it, it is passed last.</summary>
    internal const string ArgumentName = "argument";

    /// <summary>The property of a diagnostic that holds the name of the token.</summary>
    internal const string TokenName = "token";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.TokenNotPassed, Rules.TokenIgnored];

    private protected override void Start(CompilationStartAnalysisContext context, KnownTypes types)
    {
        context.RegisterOperationAction(operation => CheckAwait(operation, types), OperationKind.Await);
        context.RegisterOperationBlockAction(block => CheckBlock(block, types));
    }

    private static void CheckAwait(OperationAnalysisContext context, KnownTypes types)
    {
        var operation = (IAwaitOperation)context.Operation;
        if (FindGap(operation, types) is not { } gap || FindToken(operation, types) is not { } token)
        {
            return;
        }

        var properties = ImmutableDictionary<string, string?>.Empty.Add(TokenName, token.Name);
        context.ReportDiagnostic(Diagnostic.Create(
            Rules.TokenNotPassed,
            gap.Call.Syntax.GetLocation(),
            gap.Argument is null ? properties : properties.Add(ArgumentName, gap.Argument),
            gap.Call.TargetMethod.Name,
            token.Name));
    }

    private static void CheckBlock(OperationBlockAnalysisContext context, KnownTypes types)
    {
        if (context.OwningSymbol is not IMethodSymbol { Parameters: [_, { } token] } method
            || types.RunAsync is null
            || !SymbolEqualityComparer.Default.Equals(method.ContainingType.FindImplementationForInterfaceMember(types.RunAsync), method))
        {
            return;
        }

        var operations = context.OperationBlocks.SelectMany(block => block.DescendantsAndSelf()).ToList();
        var waits = operations.OfType<IAwaitOperation>().Where(wait => !IsYield(wait)).ToList();
        var looks = operations.OfType<IParameterReferenceOperation>().Any(reference => SymbolEqualityComparer.Default.Equals(reference.Parameter, token));

        // Where a call could be given the token, that call is named instead.
        if (!looks && (waits.Count > 0 || operations.Any(IsEndless)) && !waits.Exists(wait => FindGap(wait, types) is not null))
        {
            context.ReportDiagnostic(Diagnostic.Create(Rules.TokenIgnored, token.Place(), method.ContainingType.Name, token.Name));
        }
    }

    private static bool IsYield(IAwaitOperation wait) => wait.Operation is IInvocationOperation { TargetMethod: { Name: "Yield", ContainingType.Name: "Task" } };

    private static bool IsEndless(IOperation operation) => operation is IWhileLoopOperation { Condition.ConstantValue: { HasValue: true, Value: true } } or IForLoopOperation { Condition: null };

    /// <summary>The awaited call that could be given a token and is not, and the name of the parameter for it where it is optional.</summary>
    private static (IInvocationOperation Call, string? Argument)? FindGap(IAwaitOperation wait, KnownTypes types)
    {
        var awaited = wait.Operation is IInvocationOperation { TargetMethod.Name: "ConfigureAwait", Instance: { } inner } ? inner : wait.Operation;
        if (awaited is not IInvocationOperation call)
        {
            return null;
        }

        foreach (var argument in call.Arguments.Where(argument => types.IsToken(argument.Parameter?.Type)))
        {
            return argument.ArgumentKind == ArgumentKind.DefaultValue ? (call, argument.Parameter!.Name) : null;
        }

        return call.TargetMethod is { ReducedFrom: null, IsExtensionMethod: false } method && HasOverload(method, types) && call.Arguments.All(argument => argument.ArgumentKind == ArgumentKind.Explicit)
            ? (call, null)
            : null;
    }

    private static bool HasOverload(IMethodSymbol method, KnownTypes types)
    {
        var given = method.OriginalDefinition.Parameters;
        return method.ContainingType.OriginalDefinition.GetMembers(method.Name).OfType<IMethodSymbol>().Any(other =>
            other.IsStatic == method.IsStatic
            && other.DeclaredAccessibility == Accessibility.Public
            && other.Arity == method.Arity
            && other.Parameters.Length == given.Length + 1
            && types.IsToken(other.Parameters[given.Length].Type)
            && given.Select((parameter, i) => (parameter, i)).All(pair => SameType(pair.parameter.Type, other.Parameters[pair.i].Type)));
    }

    // Type parameters of two methods are never the same; that they have the same name is enough here.
    private static bool SameType(ITypeSymbol one, ITypeSymbol other) =>
        SymbolEqualityComparer.Default.Equals(one, other) || one.ToDisplayString() == other.ToDisplayString();

    /// <summary>The nearest parameter that is a token, of the functions around.</summary>
    private static IParameterSymbol? FindToken(IOperation operation, KnownTypes types)
    {
        for (var around = operation.Parent; around is not null; around = around.Parent)
        {
            var function = around switch
            {
                IAnonymousFunctionOperation lambda => lambda.Symbol,
                ILocalFunctionOperation local => local.Symbol,
                _ => null,
            };
            if (function?.Parameters.FirstOrDefault(parameter => types.IsToken(parameter.Type)) is { } token)
            {
                return token;
            }

            if (function?.IsStatic == true)
            {
                return null;
            }
        }

        return (operation.SemanticModel?.GetEnclosingSymbol(operation.Syntax.SpanStart) is { } symbol ? Outermost(symbol) : null)?
            .Parameters.FirstOrDefault(parameter => types.IsToken(parameter.Type));
    }

    private static IMethodSymbol? Outermost(ISymbol symbol)
    {
        while (symbol.ContainingSymbol is IMethodSymbol outer)
        {
            symbol = outer;
        }

        return symbol as IMethodSymbol;
    }
}
