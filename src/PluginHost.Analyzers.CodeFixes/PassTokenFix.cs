using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PluginHost.Analyzers.CodeFixes;

/// <summary>PH0003: passes the token on.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class PassTokenFix : CodeFixProvider
{
    private const string Title = "Pass the cancellation token";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.TokenNotPassed.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var diagnostic in context.Diagnostics)
        {
            if (root?.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true).FirstAncestorOrSelf<InvocationExpressionSyntax>() is { } call
                && diagnostic.Properties.TryGetValue(TokenAnalyzer.TokenName, out var token) && token is not null)
            {
                diagnostic.Properties.TryGetValue(TokenAnalyzer.ArgumentName, out var name);
                context.RegisterCodeFix(
                    CodeAction.Create(Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(call, With(call, token, name)))), equivalenceKey: Title),
                    diagnostic);
            }
        }
    }

    private static InvocationExpressionSyntax With(InvocationExpressionSyntax call, string token, string? name)
    {
        var argument = SyntaxFactory.Argument(SyntaxFactory.IdentifierName(token));
        if (name is not null)
        {
            argument = argument.WithNameColon(SyntaxFactory.NameColon(name).WithTrailingTrivia(SyntaxFactory.Space));
        }

        var list = call.ArgumentList;
        var arguments = SyntaxFactory.NodeOrTokenList(list.Arguments.GetWithSeparators());
        if (list.Arguments.Count > 0)
        {
            arguments = arguments.Add(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space));
        }

        return call.WithArgumentList(list.WithArguments(SyntaxFactory.SeparatedList<ArgumentSyntax>(arguments.Add(argument))));
    }
}
