using System.Text.RegularExpressions;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Hosting;

public sealed partial class EventIdTests
{
    [Test]
    public void ALogMessage_IsToldFromAllOthersByItsNumber()
    {
        var numbers =
            from file in Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            from Match found in EventId().Matches(File.ReadAllText(file))
            select (Number: found.Groups[1].Value, File: Path.GetFileName(file));

        var shared = numbers.GroupBy(use => use.Number, use => use.File).Where(uses => uses.Count() > 1).Select(uses => $"{uses.Key}: {string.Join(", ", uses)}");

        Assert.That(shared, Is.Empty);
    }

    [GeneratedRegex(@"EventId = (\d+),")]
    private static partial Regex EventId();
}
