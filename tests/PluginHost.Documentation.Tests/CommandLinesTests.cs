using System.CommandLine;
using System.CommandLine.Parsing;
using PluginHost.App;

namespace PluginHost.Documentation.Tests;

/// <summary>Each command line of pluginhost in an example is one that it understands.</summary>
public sealed class CommandLinesTests
{
    private static IEnumerable<TestCaseData> Lines() =>
        from page in Page.All
        from snippet in page.Snippets("sh").Concat(page.Snippets(""))
        from line in snippet.Text.Split('\n')
        where line.StartsWith("pluginhost ", StringComparison.Ordinal)
        select new TestCaseData(line.Split(" #")[0].Split(" | ")[0].Trim()).SetArgDisplayNames(snippet.Place, line);

    [TestCaseSource(nameof(Lines))]
    public void ACommandLine_IsUnderstood(string line) =>
        Assert.That(CommandLine.Parse([.. CommandLineParser.SplitCommandLine(line).Skip(1)]).Errors.Select(error => error.Message), Is.Empty);

    [Test]
    public void AnOptionThatThereIsNot_IsFound() => Assert.That(CommandLine.Parse(["check", "--bases", "main"]).Errors, Is.Not.Empty);
}
