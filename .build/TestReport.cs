using System.Globalization;
using System.Xml.Linq;

namespace PluginHost.Build;

/// <summary>What one test project's run came to.</summary>
internal sealed record TestReport(string Project, int Passed, IReadOnlyList<TestOutcome> Failed, IReadOnlyList<TestOutcome> Skipped)
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    public TestCounts Counts => new(Passed, Failed.Count, Skipped.Count);

    /// <summary>Reads the run's .trx file.</summary>
    public static TestReport Read(string project, string path, int exitCode)
    {
        var passed = 0;
        var failed = new List<TestOutcome>();
        var skipped = new List<TestOutcome>();

        // There is no file when the filter matched nothing, and when the test process died at once.
        if (File.Exists(path))
        {
            var report = XDocument.Load(path);
            var classes = report.Descendants(Trx + "UnitTest").ToDictionary(
                test => (string?)test.Attribute("id") ?? "",
                test => (string?)test.Element(Trx + "TestMethod")?.Attribute("className"));

            foreach (var result in report.Descendants(Trx + "UnitTestResult"))
            {
                switch ((string?)result.Attribute("outcome"))
                {
                    case "Passed":
                        passed++;
                        break;
                    case "NotExecuted" or "Inconclusive" or "NotRunnable":
                        skipped.Add(Outcome(result, classes));
                        break;
                    default:
                        failed.Add(Outcome(result, classes));
                        break;
                }
            }
        }

        // A crash, a hang, or a tear-down that throws fails no single test, and must not go unnoticed.
        if (exitCode != 0 && failed.Count == 0)
        {
            failed.Add(new TestOutcome(project, string.Create(CultureInfo.InvariantCulture,
                $"the run ended with exit code {exitCode} outside of any test; its output is above")));
        }

        return new TestReport(project, passed, failed, skipped);
    }

    private static TestOutcome Outcome(XElement result, Dictionary<string, string?> classes)
    {
        var test = (string?)result.Attribute("testName") ?? "?";
        var inClass = classes.GetValueOrDefault((string?)result.Attribute("testId") ?? "");
        var name = inClass is null || test.StartsWith(inClass, StringComparison.Ordinal) ? test : $"{inClass}.{test}";

        var output = result.Element(Trx + "Output");
        var message = (string?)output?.Element(Trx + "ErrorInfo")?.Element(Trx + "Message") ?? (string?)output?.Element(Trx + "StdOut");
        return new TestOutcome(name, message?.Trim().Split('\n')[0].TrimEnd());
    }
}

internal sealed record TestOutcome(string Name, string? Message);

internal sealed record TestCounts(int Passed, int Failed, int Skipped)
{
    public static TestCounts None { get; } = new(0, 0, 0);

    public static TestCounts operator +(TestCounts left, TestCounts right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Passed} passed, {Failed} failed, {Skipped} skipped");
}
