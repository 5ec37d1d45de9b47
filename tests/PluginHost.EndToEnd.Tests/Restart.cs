using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A host starts again on the data of one before it.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class Restart : HostTestBase
{
    private const string LoadedPlugins = "context.SetResult(AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.IsCollectible).Select(assembly => assembly.GetName().Name));";

    [SetUp]
    public void FirstCommit()
    {
        Repository
            .AddPlugin("Look", LoadedPlugins)
            .AddPlugin("A", "context.SetResult(Days);", "[Schedule(\"0 6 * * *\", TimeZone = \"Europe/Berlin\")]", "[Parameter] public int Days { get; init; } = 3;")
            .Commit("First");
    }

    [Test]
    public async Task APlugin_IsLoadedWhenItIsFirstRun_AndKnownBefore()
    {
        string before;
        await using (var host = await StartAsync())
        {
            before = Described(await host.GetAsync("api/v1/scripts/A.Work"));
        }

        await using var again = await StartAsync();
        Assert.That(Described(await again.GetAsync("api/v1/scripts/A.Work")), Is.EqualTo(before));
        Assert.That(await LoadedAsync(again), Is.EqualTo("[\"Look\"]"));

        Assert.That((await again.RunAsync("A.Work", new { days = 5 }))["result"]!.GetValue<int>(), Is.EqualTo(5));
        Assert.That(await LoadedAsync(again), Does.Contain("\"A\""));
    }

    [Test]
    public async Task APluginWhoseFilesAreGone_SaysSoWhenItIsRun_AndTheOthersRun()
    {
        await using (await StartAsync())
        {
        }

        await using var again = await StartAsync();
        File.Delete(Directory.GetFiles(Path.Combine(Data, "artifacts", "store", "A"), "A.dll", SearchOption.AllDirectories).Single());

        var refused = await again.RunAsync("A.Work");

        Assert.That(refused["title"]!.ToString(), Does.Contain("of A cannot be loaded any more"));
        Assert.That((await again.RunAsync("Look.Work"))["state"]!.ToString(), Is.EqualTo("succeeded"));
    }

    private static string Described(System.Text.Json.Nodes.JsonNode script) => $"{script["live"]!.ToJsonString()} {script["schedules"]!.ToJsonString()} {script["parameters"]!.ToJsonString()}";

    private static async Task<string> LoadedAsync(ReadyHost host) => (await host.RunAsync("Look.Work"))["result"]!.ToJsonString();
}
