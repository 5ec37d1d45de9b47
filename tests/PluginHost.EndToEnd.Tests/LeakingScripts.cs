using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Scripts that keep their version in memory, one after the other in one host: each is found, and what holds it.</summary>
[Platform("Linux", Reason = "A process is looked into by ptrace.")]
public sealed class LeakingScripts
{
    private const string EntityFramework = "<PackageReference Include=\"Microsoft.EntityFrameworkCore.InMemory\" Version=\"10.0.15\" />";

    // The scripts are those of tests/PluginHost.Probes/Leaky.cs and LeakyPackages.cs.
    private static readonly Dictionary<string, string> CauseOf = new()
    {
        ["ProcessExit"] = "An event of AppDomain, such as ProcessExit",
        ["Unhandled"] = "The event AppDomain.UnhandledException",
        ["CancelKeyPress"] = "The event Console.CancelKeyPress",
        ["UnobservedTask"] = "The event TaskScheduler.UnobservedTaskException",
        ["Resolving"] = "An event of an AssemblyLoadContext",
        ["Signal"] = "A PosixSignalRegistration",
        ["StaticTimer"] = "A timer or a Task.Delay that goes on",
        ["TimersTimer"] = "A System.Timers.Timer that runs",
        ["ThreadForEver"] = "A thread is at work in PluginHost.Probes.Leaky.ThreadForEver.Work",
        ["LoopOfDelays"] = "A timer or a Task.Delay that goes on",
        ["Handle"] = "A GC handle to an object of type PluginHost.Probes.Order",
        ["RegisteredWait"] = "A wait registered with ThreadPool.RegisterWaitForSingleObject",
        ["DomainData"] = "A dictionary of values by name, such as that of AppDomain.SetData",
        ["DescriptionProvider"] = "TypeDescriptor: a provider that was added",
        ["ObservableGauge"] = "An observable instrument",
        ["ActivityListening"] = "An ActivityListener that was not disposed",
        ["EventListening"] = "An EventListener that was not disposed",
        ["EntityFramework"] = "Entity Framework Core, whose instruments and caches never let go",
    };

    [Test]
    public async Task EachIsFound_AndWhatHoldsIt_AndAtTheLimitTheHostAsksForAttention_AndThenRefuses()
    {
        using var directory = new TestDirectory();
        var repository = TestRepository.Create(directory.Combine("repository")).Write("plugins/Probes/Probes.csproj", PluginSource.Project(EntityFramework));
        foreach (var file in new[] { "Probe.cs", "Leaky.cs", "LeakyPackages.cs" })
        {
            repository.Write($"plugins/Probes/{file}", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Probes", file)));
        }

        repository.Write("plugins/Probes/Version.cs", "// 0").Commit("First");
        var limits = new Dictionary<string, string>
        {
            ["PluginHost__Unload__WarnAtLeaked"] = "3", ["PluginHost__Unload__MaxLeaked"] = $"{CauseOf.Count}", ["PluginHost__Unload__Collect"] = "Blocking",
        };
        await using var host = await ReadyHost.StartAsync(repository.Path, directory.Combine("data"), environment: limits);

        var versions = new Dictionary<string, string>();
        foreach (var probe in CauseOf.Keys)
        {
            var run = await host.RunAsync($"Probes.{probe}");
            Assert.That(run["state"]!.ToString(), Is.EqualTo("succeeded"), run.ToJsonString());
            versions[probe] = run["version"]!.ToString();

            // A content of its own for each: a version is named by its content.
            repository.Write("plugins/Probes/Version.cs", $"public static class V{versions.Count};").Commit(probe);
            var receipt = await host.SyncAsync();
            Assert.That(receipt["state"]!.ToString(), Is.EqualTo("succeeded"), receipt.ToJsonString());
        }

        var status = await host.UntilAsync("api/v1/status", status => status["leakedContexts"]!.GetValue<int>() == CauseOf.Count);
        Assert.That(status["problems"]!.AsArray().Select(problem => problem!.ToString()), Has.Some.StartsWith($"{CauseOf.Count} unloaded versions of plugin 'Probes' are still in memory"));

        var found = new Dictionary<string, JsonNode>();
        foreach (var (probe, version) in versions)
        {
            found[probe] = await host.PostAsync($"api/v1/plugins/Probes/leaks/{version}/roots");
            await TestContext.Out.WriteLineAsync($"{probe} ({found[probe]["pausedMs"]} ms): {string.Join(" | ", found[probe]["roots"]?.AsArray().Select(root => $"{root!["cause"]} [{root["holder"]}] {string.Join(" > ", root["chain"]!.AsArray())}") ?? [found[probe].ToJsonString()])}");
        }

        Assert.Multiple(() =>
        {
            foreach (var (probe, explanation) in found)
            {
                Assert.That(explanation["roots"]?.AsArray().Select(root => root!["cause"]!.ToString()), Has.Some.StartsWith(CauseOf[probe]), probe);
            }
        });

        var plugin = await host.GetAsync("api/v1/plugins/Probes");
        Assert.That(plugin["leaked"]!.AsArray().Select(leaked => leaked!["reason"]!.ToString()), Has.All.StartsWith("It is held by: "));

        repository.Write("plugins/Probes/Version.cs", "// one more").Commit("One more");
        var refused = await host.SyncAsync();
        Assert.That(refused["plugins"]![0]!["reason"]!.ToString(), Does.Contain($"PluginHost:Unload:MaxLeaked allows {CauseOf.Count}, so no further one goes live."));
    }
}
