using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A source that takes signed commits only, and no rewritten history.</summary>
public sealed class CommitsThatAreNotTaken : HostTestBase
{
    [Test]
    public async Task TheyAreRefusedAsAWhole_WhatIsLiveStays_AndWhatIsTakenNamesItsSigner()
    {
        using var ada = SigningKey.Ssh(Folder.Combine("ada"));
        var allowed = Folder.Combine("allowed_signers");
        await File.WriteAllTextAsync(allowed, $"ada@example.com {ada.Public}\n");
        var environment = new Dictionary<string, string>
        {
            ["PluginHost__Sources__default__Signatures__RequireSigned"] = "true",
            ["PluginHost__Sources__default__Signatures__AllowedSignersFile"] = allowed,
            ["PluginHost__Sources__default__RewrittenHistory"] = "Refuse",
        };
        Repository.AddPlugin("A", "context.SetResult(1);").Git("add", "--all");
        var good = Sign(ada, "One");
        string evil;
        await using (var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: environment))
        {
            var receipt = await host.SyncAsync();
            Assert.That((receipt["state"]!.ToString(), receipt["commit"]!.ToString()), Is.EqualTo(("succeeded", good)));
            Assert.That(receipt["signer"]!.ToString(), Does.StartWith("ada@example.com").And.Contain(ada.Fingerprint));

            evil = Repository.Replace("plugins/A/Work.cs", "SetResult(1)", "SetResult(666)").Commit("Unsigned");
            receipt = await host.SyncAsync();
            Assert.That((receipt["state"]!.ToString(), receipt["commit"]!.ToString()), Is.EqualTo(("failed", evil)));
            Assert.That(receipt["error"]!.ToString(), Does.Contain("it is not signed"));
            await AssertRefusedAsync(host, evil);
            Assert.That((await host.RunAsync("A.Work"))["result"]!.ToString(), Is.EqualTo("1"));
        }

        // The same after a restart, which must not build what the start finds first.
        await using (var again = await ReadyHost.StartAsync(Repository.Path, Data, environment: environment))
        {
            await AssertRefusedAsync(again, evil);
            Assert.That((await again.RunAsync("A.Work"))["result"]!.ToString(), Is.EqualTo("1"));

            // Signed, and not on top of what was accepted.
            Repository.Git("checkout", "--quiet", "--orphan", "other");
            Repository.Replace("plugins/A/Work.cs", "SetResult(666)", "SetResult(2)").Git("add", "--all");
            var other = Sign(ada, "Another history");
            Repository.Git("update-ref", "refs/heads/main", other);
            Repository.Git("checkout", "--quiet", "main");
            var receipt = await again.SyncAsync();
            Assert.That(receipt["error"]!.ToString(), Does.Contain("the history was rewritten").And.Contain($"pluginhost sync default --accept {other[..12]}"));

            Assert.That(ReadyHost.Run("sync", "default", "--accept", other[..12], "--host", again.Api.BaseAddress!.ToString()), Does.Contain("Signed by ada@example.com"));
            Assert.That((await again.RunAsync("A.Work"))["result"]!.ToString(), Is.EqualTo("2"));
            Assert.That((await again.GetAsync("api/v1/plugins/A"))["state"]!.ToString(), Is.EqualTo("live"));
        }
    }

    private static async Task AssertRefusedAsync(ReadyHost host, string commit)
    {
        var plugin = await host.UntilAsync("api/v1/plugins/A", found => found["state"]?.ToString() == "degraded");
        Assert.That((plugin["problem"]!["stage"]!.ToString(), plugin["problem"]!["commit"]!.ToString()), Is.EqualTo(("fetch", commit)));
        Assert.That((await host.GetAsync("api/v1/status"))["sources"]![0]!["error"]!.ToString(), Does.Contain("takes only commits signed by an allowed key"));
    }

    private string Sign(SigningKey key, string message)
    {
        Repository.Git([.. key.GitOptions, "commit", "--quiet", "--message", message]);
        return Repository.Head;
    }
}
