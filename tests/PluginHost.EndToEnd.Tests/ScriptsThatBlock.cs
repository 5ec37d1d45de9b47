using System.Diagnostics;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Scripts that block the threads they are on, and those of the thread pool.</summary>
public sealed class ScriptsThatBlock
{
    private const int Runs = 200;

    // The pool by itself would have threads for so many in some minutes.
    private const int Blocking = 400;

    [Test]
    public async Task ThePageAndTheApi_GoOnAnswering_AndEveryRunEnds()
    {
        using var directory = new TestDirectory();
        var go = directory.Combine("go");
        var repository = TestRepository.Create(directory.Combine("repository"))
            .AddPlugin("Blocks", $"while (!File.Exists(\"{go}\")) {{ Thread.Sleep(50); }} context.SetResult(1);")
            .AddPlugin("Quick");
        repository.Commit("Scripts");
        await using var host = await ReadyHost.StartAsync(
            repository.Path, directory.Combine("data"), environment: new Dictionary<string, string> { ["PluginHost__Runs__MaxConcurrent"] = "300" });

        var started = await Task.WhenAll(Enumerable.Range(0, Runs).Select(_ => host.PostAsync("api/v1/scripts/Blocks.Work/runs")));
        await host.UntilAsync("api/v1/status", status => status["counts"]!["runningRuns"]!.GetValue<int>() == Runs);

        var slowest = TimeSpan.Zero;
        foreach (var path in new[] { "", "runs", "api/v1/status", "api/v1/scripts", "health/ready" })
        {
            var watch = Stopwatch.StartNew();
            using var answer = await host.Api.GetAsync(path);
            slowest = watch.Elapsed > slowest ? watch.Elapsed : slowest;
            Assert.That(answer.IsSuccessStatusCode, Is.True, path);
        }

        var quick = await host.RunAsync("Quick.Work");
        Assert.That(quick["state"]!.ToString(), Is.EqualTo("succeeded"));
        await TestContext.Out.WriteLineAsync($"Slowest answer: {slowest.TotalMilliseconds:F0} ms");
        Assert.That(slowest, Is.LessThan(TimeSpan.FromSeconds(5)));

        await File.WriteAllTextAsync(go, "");
        foreach (var run in started)
        {
            var ended = await host.UntilAsync($"api/v1/runs/{run["id"]}", now => now["finishedAt"] is not null);
            Assert.That(ended["state"]!.ToString(), Is.EqualTo("succeeded"));
        }
    }

    [Test]
    public async Task WhileAScriptBlocksTheWholeThreadPool_ThePageAndOtherScriptsGoOn_AndTheHostSaysWhoDoesIt()
    {
        using var directory = new TestDirectory();
        var go = directory.Combine("go");
        var repository = TestRepository.Create(directory.Combine("repository"))
            .AddPlugin("Fills", $$"""
                void Block() { while (!File.Exists("{{go}}")) { Thread.Sleep(50); } }
                await Task.WhenAll(Enumerable.Range(0, {{Blocking}}).Select(_ => Task.Run(Block)));
                """)
            .AddPlugin("Quick", "context.SetResult(await Task.Run(() => 1));");
        repository.Commit("Scripts");
        await using var host = await ReadyHost.StartAsync(repository.Path, directory.Combine("data"));

        var fills = await host.PostAsync("api/v1/scripts/Fills.Work/runs");
        var problem = await host.UntilAsync("api/v1/status", status => status["problems"]!.AsArray().Any(text => text!.ToString().Contains("thread pool", StringComparison.Ordinal)));
        var quick = await host.RunAsync("Quick.Work");

        Assert.That(problem["problems"]!.ToJsonString(), Does.Contain("Under way: Fills.Work"));
        Assert.That(quick["state"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That(await host.Api.GetStringAsync($"runs/{fills["id"]}"), Does.Contain("Fills.Work"), "all that while it blocks");
        await File.WriteAllTextAsync(go, "");
        await host.UntilAsync($"api/v1/runs/{fills["id"]}", now => now["state"]!.ToString() == "succeeded");
    }
}
