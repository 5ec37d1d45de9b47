using System.Globalization;
using System.Text.RegularExpressions;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Faults;

/// <summary>The table of faults beside this file says which test proves what; it must not go stale.</summary>
public sealed partial class TableOfFaults
{
    private const int Faults = 62;

    private static string Tests => Path.Combine(Repository.Root, "tests");

    [Test]
    public void EveryFaultHasALine_AndEveryLineAProof()
    {
        var known = KnownTests();
        var rows = File.ReadLines(Path.Combine(Tests, "PluginHost.EndToEnd.Tests", "Faults", "README.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 6 && int.TryParse(cells[1], CultureInfo.InvariantCulture, out _))
            .Select(cells => (Number: int.Parse(cells[1], CultureInfo.InvariantCulture), Fault: cells[2], Must: cells[3], Proof: cells[4]))
            .ToList();

        Assert.That(rows.Select(row => row.Number).Distinct(), Is.EqualTo(Enumerable.Range(1, Faults)), "each fault, in order");
        Assert.Multiple(() =>
        {
            foreach (var (number, fault, must, proof) in rows)
            {
                var named = Quoted().Matches(proof).Select(match => match.Groups[1].Value).ToList();
                var excused = proof.StartsWith("Not tested: ", StringComparison.Ordinal) || proof.StartsWith("Open: ", StringComparison.Ordinal);
                Assert.That(must, Is.Not.Empty, $"{number} ({fault}) says what must happen");
                Assert.That(excused ? named.Count == 0 : named.Count > 0, $"{number} ({fault}) names its tests or says why there is none, and not both");
                Assert.That(named.Where(name => !known.Contains(name)), Is.Empty, $"{number} ({fault}): there are no such tests");
            }
        });
    }

    /// <summary>The tests of all test projects, most of which are not referenced here, as their sources name them.</summary>
    private static HashSet<string> KnownTests() => Directory.EnumerateFiles(Tests, "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .SelectMany(file => Test().Matches(File.ReadAllText(file)).Select(match => $"{Path.GetFileNameWithoutExtension(file)}.{match.Groups[1].Value}"))
        .ToHashSet(StringComparer.Ordinal);

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    // An attribute that makes a test, further ones, and the method. A test's file has its class's name.
    [GeneratedRegex(@"^ *\[Test(?:Case|CaseSource)?\b[^\r\n]*\r?\n(?: *\[[^\r\n]*\r?\n)* *public (?:async )?(?:Task|void) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Test();
}
