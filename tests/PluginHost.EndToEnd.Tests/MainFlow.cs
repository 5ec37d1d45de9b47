using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>From a commit to running code, on real git and a real <c>dotnet build</c>.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class MainFlow : HostTestBase
{
    [SetUp]
    public void FirstCommit()
    {
        Repository.AddPlugin("A", "context.SetResult(1);").AddPlugin("B", "Console.WriteLine(\"said B\"); context.SetResult(\"b\");").Commit("First");
    }

    [Test]
    public async Task ACommit_IsBuiltSwappedAndRun_ABrokenOneKeepsTheLastGoodVersion_AndTheNextGoodOneHeals()
    {
        await using var host = await StartAsync();
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(1));

        // An edit goes live by itself, found by the poll.
        var second = Repository.Replace("plugins/A/Work.cs", "SetResult(1)", "SetResult(2)").Commit("Two");
        await host.UntilAsync("api/v1/scripts/A.Work", script => script["live"]!["commit"]!.ToString() == second);
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));

        // One plugin of the commit is broken, the other goes live.
        Repository.Replace("plugins/A/Work.cs", "SetResult(2)", "SetResult(2").Replace("plugins/B/Work.cs", "\"b\"", "\"b2\"").Commit("Break A");
        var receipt = await host.SyncAsync();
        Assert.That(receipt["state"]!.ToString(), Is.EqualTo("degraded"));
        var broken = await host.GetAsync("api/v1/plugins/A");
        Assert.Multiple(() =>
        {
            Assert.That(broken["state"]!.ToString(), Is.EqualTo("degraded"));
            Assert.That(broken["problem"]!["stage"]!.ToString(), Is.EqualTo("build"));
            Assert.That(broken["problem"]!["diagnostics"]![0]!["file"]!.ToString(), Is.EqualTo("plugins/A/Work.cs"));
            Assert.That(broken["problem"]!["diagnostics"]![0]!["line"]!.GetValue<int>(), Is.EqualTo(12));
        });
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));
        Assert.That((await host.RunAsync("B.Work"))["result"]!.ToString(), Is.EqualTo("b2"));

        // The next good commit heals it.
        Repository.Replace("plugins/A/Work.cs", "SetResult(2", "SetResult(3)").Commit("Heal A");
        Assert.That((await host.SyncAsync())["state"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(3));
        Assert.That((await host.GetAsync("api/v1/plugins/A"))["problem"], Is.Null);
    }

    [Test]
    public async Task AfterAKill_WithoutTheRemote_WhatWasLiveIsLiveAgain_AndNothingIsBuilt()
    {
        await using (var host = await StartAsync())
        {
            await host.RunAsync("B.Work");
            await host.KillAsync();
        }

        Directory.Move(Repository.Path, Folder.Combine("away"));
        await using var again = await StartAsync();

        Assert.That((await again.RunAsync("B.Work"))["result"]!.ToString(), Is.EqualTo("b"));
        Assert.That((await again.GetAsync("api/v1/status"))["sources"]![0]!["state"]!.ToString(), Is.EqualTo("unreachable"));
        Assert.That((await again.GetAsync("api/v1/runs"))["items"]!.AsArray(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task ADeletedPlugin_IsGone_AndARenamedFolderKeepsItsPlugin()
    {
        await using var host = await StartAsync();
        Repository.Delete("plugins/B");
        Repository.Git("mv", "plugins/A", "plugins/Moved");
        Repository.Commit("Delete B, move A");

        var receipt = await host.SyncAsync();

        Assert.That(receipt["state"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That((await host.GetAsync("api/v1/scripts"))["items"]!.AsArray().Select(script => script!["id"]!.ToString()), Is.EqualTo(new[] { "A.Work" }));
        Assert.That((await host.GetAsync("api/v1/plugins/B"))["state"]!.ToString(), Is.EqualTo("removed"));
    }

    [Test]
    public async Task AReadmeAlone_RebuildsNothing()
    {
        await using var host = await StartAsync();
        Repository.Write("plugins/A/README.md", "text").Commit("Docs");

        var receipt = await host.SyncAsync();

        Assert.That(receipt["plugins"]!.AsArray().Select(plugin => plugin!["outcome"]!.ToString()), Is.All.EqualTo("unchanged"));
    }

    [Test]
    public async Task AScript_RunsByItsSchedule_AndItsConsoleIsItsLog()
    {
        Repository.AddPlugin("Clock", "Console.WriteLine(\"tick\");", "[Schedule(\"* * * * * *\")]").Commit("Every second");
        await using var host = await StartAsync();

        var runs = await host.UntilAsync("api/v1/runs?script=Clock.Work&state=succeeded", page => page["items"]!.AsArray().Count >= 2);

        var run = runs["items"]![0]!;
        Assert.That(run["trigger"]!.ToString(), Is.EqualTo("schedule"));
        Assert.That(await host.Api.GetStringAsync($"api/v1/runs/{run["id"]}/log"), Does.Contain(" OUT tick"));
        var ledger = await host.GetAsync("api/v1/occurrences?script=Clock.Work&limit=500");
        Assert.That(ledger["items"]!.AsArray().Select(row => row!["runId"]?.ToString()), Does.Contain(run["id"]!.ToString()));
    }

    [Test]
    public async Task ARunUnderWay_FinishesOnItsVersion_WhileNewRunsUseTheNewOne()
    {
        Repository.AddPlugin("Slow", $"while (!File.Exists(\"{Folder.Combine("go")}\")) await Task.Delay(20, cancellationToken); context.SetResult(\"old\");").Commit("Slow");
        await using var host = await StartAsync();
        var slow = await host.PostAsync("api/v1/scripts/Slow.Work/runs");
        await host.UntilAsync($"api/v1/runs/{slow["id"]}", run => run["state"]!.ToString() == "running");

        Repository.Write("plugins/Slow/Work.cs", PluginSource.Script("context.SetResult(\"new\");")).Commit("Fast");
        await host.SyncAsync();
        Assert.That((await host.RunAsync("Slow.Work"))["result"]!.ToString(), Is.EqualTo("new"));
        Assert.That((await host.GetAsync("api/v1/plugins/Slow"))["draining"]![0]!["activeRuns"]!.GetValue<int>(), Is.EqualTo(1));

        await File.WriteAllTextAsync(Folder.Combine("go"), "");
        var finished = await host.UntilAsync($"api/v1/runs/{slow["id"]}", run => run["finishedAt"] is not null);
        Assert.That(finished["result"]!.ToString(), Is.EqualTo("old"));
    }

    [Test]
    public async Task ASecondHost_OnTheSameData_RefusesAndSaysWhy()
    {
        await using var host = await StartAsync();

        var (exitCode, output) = await ReadyHost.FailAsync(Repository.Path, Data);

        Assert.That(exitCode, Is.EqualTo(1));
        Assert.That(output, Does.Contain("Another host uses the data directory"));
    }
}
