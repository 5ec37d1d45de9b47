using PluginHost.Building;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Building;

public sealed class NuGetBoundaryTests
{
    [Test]
    public void ItTakesBackWhatIsFurtherUp_AndRepeatsTheUsersOwn()
    {
        using var directory = new TestDirectory();
        var file = directory.Combine("NuGet.Config");
        File.WriteAllText(file, """<configuration><packageSources><add key="local" value="./feed" /></packageSources></configuration>""");

        var sources = NuGetBoundary.Make([file]).Root!.Element("packageSources")!;

        Assert.That(sources.Elements().First().Name.LocalName, Is.EqualTo("clear"));
        Assert.That(sources.Element("add")!.Attribute("value")!.Value, Is.EqualTo(directory.Combine("feed")));
    }

    [Test]
    public void AUserWhoHasSaidNothing_HasThePublicFeed() =>
        Assert.That(NuGetBoundary.Make([]).Root!.Element("packageSources")!.Element("add")!.Attribute("key")!.Value, Is.EqualTo("nuget.org"));
}
