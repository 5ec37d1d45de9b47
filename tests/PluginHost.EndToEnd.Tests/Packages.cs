using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A plugin's NuGet packages: fetched when that is needed, and not otherwise.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
[NonParallelizable] // It installs and restores packages of one version over and over.
public sealed class Packages : HostTestBase
{
    private const string Csv = "<PackageReference Include=\"CsvHelper\" Version=\"33.1.0\" />";
    private const string UseCsv = "context.SetResult(typeof(CsvHelper.CsvReader).Name);";

    [SetUp]
    public void FirstCommit()
    {
        Repository.AddPlugin("A", "context.SetResult(1);").Commit("First");
    }

    [Test]
    public async Task AnEditOfTheSources_FetchesNone_AlsoAfterARestart_AndAnEditOfTheProjectDoes()
    {
        await using (var host = await StartAsync())
        {
            Repository.AddPlugin("A", "context.SetResult(2);").Commit("Edit");
            Assert.That(Stages(await host.SyncAsync()), Does.Contain("build").And.Not.Contain("restore"));
        }

        await using var again = await StartAsync();
        Repository.AddPlugin("A", "context.SetResult(3);").Commit("Edit after the restart");
        Assert.That(Stages(await again.SyncAsync()), Does.Contain("build").And.Not.Contain("restore"));

        Repository.AddPlugin("A", UseCsv).Write("plugins/A/A.csproj", PluginSource.Project(Csv)).Commit("Add a package");
        Assert.That(Stages(await again.SyncAsync()), Does.Contain("restore"));
        Assert.That((await again.RunAsync("A.Work"))["result"]!.ToString(), Is.EqualTo("CsvReader"));
    }

    [Test]
    public async Task WhenTheyWereTakenAway_TheBuildFetchesThemOnceMore()
    {
        Repository.AddPlugin("A", UseCsv).Write("plugins/A/A.csproj", PluginSource.Project(Csv)).Commit("With a package");
        await using var host = await StartAsync();
        Directory.Delete(Path.Combine(Data, "builds", "default", "output", "obj"), recursive: true);

        Repository.Replace("plugins/A/Work.cs", UseCsv, UseCsv + " // edited").Commit("Edit");
        var receipt = await host.SyncAsync();

        Assert.That(receipt["state"]!.ToString(), Is.EqualTo("succeeded"), receipt.ToJsonString());
        Assert.That(Stages(receipt), Does.Contain("restore"));
    }

    [Test]
    public async Task OneThatDoesNotExist_IsARestoreProblemOfItsPlugin()
    {
        await using var host = await StartAsync();
        Repository.Write("plugins/A/A.csproj", PluginSource.Project("<PackageReference Include=\"PluginHost.NoSuchPackage\" Version=\"1.0.0\" />")).Commit("Ask for it");

        await host.SyncAsync();

        var problem = (await host.GetAsync("api/v1/plugins/A"))["problem"]!;
        Assert.That(problem["stage"]!.ToString(), Is.EqualTo("restore"));
        Assert.That(problem["message"]!.ToString(), Does.Contain("PluginHost.NoSuchPackage"));
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(1));
    }

    private static IEnumerable<string> Stages(JsonNode receipt) => receipt["stages"]!.AsArray().Select(stage => stage!["name"]!.ToString());
}
