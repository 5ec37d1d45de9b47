using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>What the host keeps ready for the next commit.</summary>
[Platform("Linux")]
public sealed class WarmBuilds : HostTestBase
{
    [SetUp]
    public void FirstCommit() => Repository.AddPlugin("A", "context.SetResult(1);").Commit("First");

    [Test]
    public async Task AfterABuild_TheCommandOfTheNextOneWaits_AndServesIt()
    {
        await using var host = await StartAsync();
        await UntilACommandWaitsAsync(host);

        Repository.Write("plugins/A/Work.cs", PluginSource.Script("context.SetResult(2);")).Commit("Second");
        await host.SyncAsync();

        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));
        await UntilACommandWaitsAsync(host);
    }

    [Test]
    public async Task ACommitThatPinsAnAbsentSdk_IsNotBuiltByTheCommandThatWaits()
    {
        await using var host = await StartAsync();
        await UntilACommandWaitsAsync(host);

        Repository
            .Write("global.json", """{ "sdk": { "version": "9.0.999", "rollForward": "disable" } }""")
            .Write("plugins/A/Work.cs", PluginSource.Script("context.SetResult(2);"))
            .Commit("Pins");
        var receipt = await host.SyncAsync();

        Assert.That(receipt["plugins"]![0]!["outcome"]!.ToString(), Is.EqualTo("rejected"), receipt.ToJsonString());
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(1));
    }

    [Test]
    public async Task WhenTheHostIsKilled_TheCommandThatWaits_EndsWithoutBuildingAnything()
    {
        var built = Folder.Combine("built");
        Repository.Write("root.proj", $"<Project><Target Name=\"Build\"><WriteLinesToFile File=\"{built}\" /></Target></Project>").Commit("A project at the root");
        await using var host = await StartAsync();
        await UntilACommandWaitsAsync(host);

        await host.KillAsync();

        for (var tries = 0; tries < 200 && host.StartedProcesses().Any(IsWaiting); tries++)
        {
            await Task.Delay(50);
        }

        Assert.That(host.StartedProcesses().Where(IsWaiting), Is.Empty);
        Assert.That(built, Does.Not.Exist);
    }

    [Test]
    public async Task ServersThatHoldTooMuchMemory_AreReplaced_AndTheNextCommitGoesLive()
    {
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: new Dictionary<string, string>
        {
            ["PluginHost__Build__MaxServerBytes"] = (256 << 20).ToString(null as IFormatProvider),
            ["Logging__LogLevel__PluginHost"] = "Debug",
        });
        await host.UntilAsync("api/v1/status", _ => host.Output.Contains("build server processes", StringComparison.Ordinal));

        Repository.Write("plugins/A/Work.cs", PluginSource.Script("context.SetResult(2);")).Commit("Second");
        await host.SyncAsync();

        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));
    }

    private static async Task UntilACommandWaitsAsync(ReadyHost host) =>
        await host.UntilAsync("api/v1/status", _ => host.StartedProcesses().Any(IsWaiting));

    private static bool IsWaiting(string command) => command.Contains("--verbosity @/dev/stdin", StringComparison.Ordinal);
}
