using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Commits arrive while an earlier one is being built.</summary>
[Platform(Exclude = "Win", Reason = "The build waits in a shell.")]
public sealed class PushDuringABuild : HostTestBase
{
    [Test]
    public async Task TheNewestTipWins_InOrder_AndTheLongWorkIsShownMeanwhile()
    {
        var go = Folder.Combine("go");
        var first = Repository
            .AddPlugin("A", "context.SetResult(1);")
            .Write("plugins/A/A.csproj", PluginSource.ProjectThatWaitsFor(go))
            .Commit("One");
        await using var host = await ReadyHost.LaunchAsync(Repository.Path, Data);
        await host.UntilAsync("api/v1/status", _ => File.Exists(go + ".waiting"));

        var skipped = Repository.Replace("plugins/A/Work.cs", "SetResult(1)", "SetResult(2)").Commit("Two");
        await host.UntilAsync("api/v1/status", status => status["sources"]![0]!["commit"]?.ToString() == skipped);
        var newest = Repository.Replace("plugins/A/Work.cs", "SetResult(2)", "SetResult(3)").Commit("Three");
        var status = await host.UntilAsync("api/v1/status", status => status["sources"]![0]!["commit"]?.ToString() == newest);

        Assert.That(status["activities"]![0]!["message"]!.ToString(), Is.EqualTo("Building A"));
        await host.UntilAsync("api/v1/status", _ => host.Output.Contains("Building A: under way", StringComparison.Ordinal));

        await File.WriteAllTextAsync(go, "");
        await host.UntilAsync("api/v1/plugins/A", plugin => plugin["live"]?["commit"]?.ToString() == newest);

        var deployed = (await host.GetAsync("api/v1/deployments"))["items"]!.AsArray().Select(deployment => deployment!["commit"]!.ToString());
        Assert.That(deployed, Is.EqualTo(new[] { newest, first }), "newest first; the one in between is skipped");
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(3));
    }
}
