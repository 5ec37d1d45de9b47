using System.Diagnostics;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Two hundred runs at once that block the threads they are on, before and after their first await.</summary>
public sealed class ScriptsThatBlock
{
    private const int Runs = 200;

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
}
