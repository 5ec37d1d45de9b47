using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>An operator goes back to an earlier version, and on again.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class RollingBack : HostTestBase
{
    [Test]
    public async Task APinnedPlugin_StaysWhereItIs_OverCommitsAndARestart_UntilItIsUnpinned()
    {
        Commit(1);
        await using (var host = await StartAsync())
        {
            Commit(2);
            await host.SyncAsync();
            var second = await LiveAsync(host);
            Commit(3);
            await host.SyncAsync();

            var plugin = await host.PostAsync("api/v1/plugins/A/rollback");
            Assert.That(plugin["live"]!["version"]!.ToString(), Is.EqualTo(second));
            Assert.That(plugin["pin"]!["version"]!.ToString(), Is.EqualTo(second));
            Assert.That(await ResultAsync(host), Is.EqualTo(2));

            Commit(4);
            var receipt = await host.SyncAsync();
            Assert.That(receipt["plugins"]![0]!["reason"]!.ToString(), Is.EqualTo($"it is pinned to version {second}"));
            Assert.That(await ResultAsync(host), Is.EqualTo(2));

            // One more: the first was live before the second.
            await host.PostAsync("api/v1/plugins/A/rollback");
            Assert.That(await ResultAsync(host), Is.EqualTo(1));
        }

        await using var again = await StartAsync();
        Assert.That(await ResultAsync(again), Is.EqualTo(1));
        Assert.That((await again.GetAsync("api/v1/plugins/A"))["pinned"]!.GetValue<bool>(), Is.True);

        using var unpinned = await again.Api.DeleteAsync("api/v1/plugins/A/pin");
        Assert.That(JsonNode.Parse(await unpinned.Content.ReadAsStringAsync())!["pin"], Is.Null);
        Assert.That(await ResultAsync(again), Is.EqualTo(4));
    }

    [Test]
    public async Task AVersionWhoseFilesAreGone_IsRefused_AndNothingChanges()
    {
        Commit(1);
        await using var host = await StartAsync();
        var first = await LiveAsync(host);
        Commit(2);
        await host.SyncAsync();
        var second = await LiveAsync(host);
        File.Delete(Directory.GetFiles(Path.Combine(Data, "artifacts", "store", "A"), "A.dll", SearchOption.AllDirectories).Single(path => path.Contains(first.Split('-')[1], StringComparison.Ordinal)));

        using var refused = await host.Api.PostAsJsonAsync("api/v1/plugins/A/rollback", new { version = first });

        Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
        Assert.That(JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["title"]!.ToString(), Does.StartWith($"Version {first} of A cannot go live, so nothing was changed: "));
        Assert.That(await LiveAsync(host), Is.EqualTo(second));
        Assert.That((await host.GetAsync("api/v1/plugins/A"))["pinned"]!.GetValue<bool>(), Is.False);
        Assert.That(await ResultAsync(host), Is.EqualTo(2));
    }

    [Test]
    public async Task WithoutAnEarlierVersion_ItIsRefused()
    {
        Commit(1);
        await using var host = await StartAsync();

        var refused = await host.PostAsync("api/v1/plugins/A/rollback");

        Assert.That(refused["title"]!.ToString(), Does.StartWith("No version of A was live before and is still kept."));
    }

    private void Commit(int number) => Repository.AddPlugin("A", $"context.SetResult({number});").Commit($"Number {number}");

    private static async Task<string> LiveAsync(ReadyHost host) => (await host.GetAsync("api/v1/plugins/A"))["live"]!["version"]!.ToString();

    private static async Task<int> ResultAsync(ReadyHost host) => (await host.RunAsync("A.Work"))["result"]!.GetValue<int>();
}
