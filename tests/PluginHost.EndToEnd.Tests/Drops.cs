using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A pipeline drops plugins that it has built, and the host that takes them has no SDK.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM, and its dotnet is put together with symbolic links.")]
public sealed class Drops : HostTestBase
{
    private string DropFolder => Folder.Combine("drops");

    [Test]
    public async Task DroppedPlugins_GoLive_RunAndGoBack_InAHostWithoutAnSdk_AndABrokenDropLeavesTheLastGoodOne()
    {
        var dotnet = RuntimeWithoutSdk();
        var first = Repository.AddPlugin("A", "context.SetResult(1);").Commit("Number 1");
        await DropAsync("1.0");

        await using (var host = await ReadyHost.StartOverDropsAsync(DropFolder, Data, dotnet))
        {
            Assert.That(await ResultAsync(host), Is.EqualTo(1));
            var live = (await host.GetAsync("api/v1/plugins/A"))["live"]!;
            Assert.That(live["commit"]!.ToString(), Is.EqualTo(first), "The commit is the one that the pipeline had checked out.");
            var source = (await host.GetAsync("api/v1/status"))["sources"]![0]!;
            Assert.That((source["kind"]!.ToString(), source["url"]!.ToString(), source["state"]!.ToString(), source["error"]), Is.EqualTo(("drops", DropFolder, "watching", (JsonNode?)null)));

            Repository.AddPlugin("A", "context.SetResult(2);").Commit("Number 2");
            await DropAsync("2.0");
            await host.UntilAsync("api/v1/plugins/A", plugin => plugin["live"]!["version"]!.ToString() != live["version"]!.ToString());
            Assert.That(await ResultAsync(host), Is.EqualTo(2));

            var back = await host.PostAsync("api/v1/plugins/A/rollback");
            Assert.That(back["live"]!["version"]!.ToString(), Is.EqualTo(live["version"]!.ToString()));
            Assert.That(await ResultAsync(host), Is.EqualTo(1));
            using var unpinned = await host.Api.DeleteAsync("api/v1/plugins/A/pin");
            Assert.That(await ResultAsync(host), Is.EqualTo(2));

            DropBroken("3.0");
            var degraded = await host.UntilAsync("api/v1/plugins/A", plugin => plugin["state"]!.ToString() == "degraded");
            Assert.That(degraded["problem"]!["message"]!.ToString(), Does.StartWith("Drop 3.0 of A is not taken: its file A.dll is not the one that drop.json names"));
            Assert.That(await ResultAsync(host), Is.EqualTo(2));
            Assert.That(host.StartedProcesses(), Is.Empty);
            Assert.That(Path.Combine(Data, "builds"), Does.Not.Exist, "Nothing was built, not even to warm up.");
        }

        Directory.Delete(Path.Combine(DropFolder, "A", "3.0"), recursive: true);
        await using var again = await ReadyHost.StartOverDropsAsync(DropFolder, Data, dotnet);
        Assert.That(await ResultAsync(again), Is.EqualTo(2));
        Directory.Delete(Path.Combine(DropFolder, "A"), recursive: true);
        await again.UntilAsync("api/v1/scripts", scripts => scripts["items"]!.AsArray().Count == 0);
        Assert.That((await again.GetAsync("api/v1/plugins/A"))["state"]!.ToString(), Is.EqualTo("removed"));
    }

    private async Task DropAsync(string version)
    {
        var dropped = await Tool.RunAsync(Repository.Path, "drop", "plugins/A", "--to", DropFolder, "--version", version);
        Assert.That(dropped.ExitCode, Is.Zero, dropped.Output + dropped.Error);
    }

    /// <summary>A third drop whose assembly is not the one that was built for it.</summary>
    private void DropBroken(string version)
    {
        var copy = Folder.Combine("broken");
        Command.Run("/", "cp", "-r", Path.Combine(DropFolder, "A", "2.0"), copy);
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(copy, "drop.json")))!;
        manifest["sequence"] = long.MaxValue - 1;
        manifest["files"]!["A.dll"] = new string('0', 64);
        File.WriteAllText(Path.Combine(copy, "drop.json"), manifest.ToJsonString());
        Directory.Move(copy, Path.Combine(DropFolder, "A", version));
    }

    private string RuntimeWithoutSdk()
    {
        var whole = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent!.Parent!.Parent!.FullName;
        var folder = Directory.CreateDirectory(Folder.Combine("dotnet")).FullName;
        File.Copy(Path.Combine(whole, "dotnet"), Path.Combine(folder, "dotnet"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "host"), Path.Combine(whole, "host"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "shared"), Path.Combine(whole, "shared"));
        Assert.That(Command.Run(folder, Path.Combine(folder, "dotnet"), "--list-sdks"), Is.Empty);
        return folder;
    }

    private static async Task<int> ResultAsync(ReadyHost host) => (await host.RunAsync("A.Work"))["result"]!.GetValue<int>();
}
