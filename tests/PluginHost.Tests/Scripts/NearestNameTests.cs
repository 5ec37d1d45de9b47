using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["Days", "Customer", "DryRun"];

    [TestCase("Dayz", "Days")]
    [TestCase("Day", "Days")]
    [TestCase("Dyas", "Days", Description = "neighbours swapped")]
    [TestCase("costumer", "Customer")]
    [TestCase("DryRunn", "DryRun")]
    [TestCase("Weeks", null)]
    [TestCase("", null)]
    public void Find_GivesTheNameThatWasMeant(string name, string? expected) =>
        Assert.That(NearestName.Find(name, Names), Is.EqualTo(expected));
}
