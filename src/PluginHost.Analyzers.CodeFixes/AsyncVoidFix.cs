using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PluginHost.Analyzers.CodeFixes;

/// <summary>PH0001: makes an <c>async void</c> method return a task. Where it is called is for the author to await.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp)]
[Shared]
public sealed class AsyncVoidFix : CodeFixProvider
{
    private const string Title = "Return Task";
    private const string Namespace = "System.Threading.Tasks";

    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.AsyncVoid.Id];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        var root = await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false);
        var returns = root?.FindToken(context.Span.Start).Parent switch
        {
            MethodDeclarationSyntax method => method.ReturnType,
            LocalFunctionStatementSyntax function => function.ReturnType,
            _ => null,
        };
        if (root is not null && returns is not null)
        {
            context.RegisterCodeFix(
                CodeAction.Create(Title, cancellationToken => ReplaceAsync(context.Document, root, returns, cancellationToken), equivalenceKey: Title),
                context.Diagnostics);
        }
    }

    private static async Task<Document> ReplaceAsync(Document document, SyntaxNode root, TypeSyntax returns, CancellationToken cancellationToken)
    {
        var model = await document.GetSemanticModelAsync(cancellationToken).ConfigureAwait(false);
        var isImported = model?.LookupNamespacesAndTypes(returns.SpanStart, name: "Task").Any(type => type.ContainingNamespace?.ToDisplayString() == Namespace) == true;
        var task = SyntaxFactory.ParseTypeName(isImported ? "Task" : $"{Namespace}.Task").WithTriviaFrom(returns);
        return document.WithSyntaxRoot(root.ReplaceNode(returns, task));
    }
}
