using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using PluginHost.TestInfra;

namespace PluginHost.Documentation.Tests;

/// <summary>A page of the documentation, as a reader sees it.</summary>
internal sealed class Page
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers(Markdig.Extensions.AutoIdentifiers.AutoIdentifierOptions.GitHub).Build();

    private readonly MarkdownDocument _document;

    private Page(string name)
    {
        Name = name;
        _document = Markdown.Parse(System.IO.File.ReadAllText(File), Pipeline);
    }

    /// <summary>Every page in the repository.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. new[] { "", ".github", "plugins", "samples", "src", "tests" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", folder.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories))
            .Select(file => Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "node_modules"))
            .Order(StringComparer.Ordinal)
            .Select(name => new Page(name)),
    ];

    /// <summary>Its path in the repository.</summary>
    public string Name { get; }

    /// <summary>The code in it of a language.</summary>
    public IEnumerable<Snippet> Snippets(string language) => _document.Descendants<FencedCodeBlock>()
        .Where(block => block.Info == language)
        .Select(block => new Snippet($"{Name}:{block.Line + 1}", block.Lines.ToString()));

    /// <summary>Where its links lead to.</summary>
    public IEnumerable<string> Links => _document.Descendants<LinkInline>().Select(link => link.Url ?? "");

    /// <summary>The names of its headings in links.</summary>
    public IReadOnlySet<string> Anchors => _document.Descendants<HeadingBlock>().Select(heading => heading.GetAttributes().Id ?? "").ToHashSet(StringComparer.Ordinal);

    private string File => Path.Combine(Repository.Root, Name);

    public override string ToString() => Name;
}

/// <summary>Code on a page.</summary>
/// <param name="Place">The page and the line.</param>
/// <param name="Text">The code.</param>
internal sealed record Snippet(string Place, string Text)
{
    public override string ToString() => Place;
}
