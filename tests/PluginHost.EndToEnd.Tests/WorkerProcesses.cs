using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Isolated scripts, from a commit to a process of their own.</summary>
[Platform("Linux", Reason = "Processes that were left behind are found by their environment.")]
public sealed class WorkerProcesses : HostTestBase
{
    private const string Isolated = "[Script(Isolation = ScriptIsolation.Process)]";

    private const string Body = """
        context.SetResult(Environment.ProcessId);
        if (Crash)
        {
            context.Logger.LogInformation("{Depth}", Overflow(1));
        }
        """;

    private const string Members = """
        [Parameter] public bool Crash { get; init; }

        private static int Overflow(int depth) => depth < 0 ? 0 : Overflow(depth + 1) + Overflow(depth + 2);
        """;

    [Test]
    public async Task AScriptThatTakesItsProcessDown_FailsItsRun_AndTheHostGoesOn()
    {
        Repository.AddPlugin("A", Body, Isolated, Members).AddPlugin("B", "context.SetResult(Environment.ProcessId);").Commit("First");
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: new Dictionary<string, string> { ["PluginHost__Isolation__Process__0"] = "B" });

        var first = await host.RunAsync("A.Work");
        var crashed = await host.RunAsync("A.Work", new { crash = true });
        var next = await host.RunAsync("A.Work");
        var byPolicy = await host.RunAsync("B.Work");

        Assert.Multiple(() =>
        {
            Assert.That((first["state"]!.ToString(), first["isolation"]!.ToString()), Is.EqualTo(("succeeded", "process")), first.ToJsonString());
            Assert.That((crashed["state"]!.ToString(), crashed["error"]?["type"]?.ToString()), Is.EqualTo(("failed", "WorkerDied")), crashed.ToJsonString());
            Assert.That(crashed["error"]?["stackTrace"]?.ToString(), Does.StartWith("Stack overflow."));
            Assert.That(next["state"]!.ToString(), Is.EqualTo("succeeded"));
            Assert.That(new[] { first, crashed, next, byPolicy }.Select(run => run["result"]!.GetValue<int>()), Does.Not.Contain(host.ProcessId));
        });
        Assert.That((await host.GetAsync("api/v1/scripts/B.Work"))["isolation"]!.ToString(), Is.EqualTo("process"));
        Assert.That((await host.GetAsync("api/v1/status"))["counts"]!["scripts"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [Test]
    public async Task WhenTheHostStops_OrIsKilled_NoWorkerIsLeft()
    {
        Repository.AddPlugin("A", Body + "\n_ = Process.Start(\"sleep\", \"1000\");\nwhile (Spin) { }", Isolated, Members + "\n[Parameter] public bool Spin { get; init; }")
            .Replace("plugins/A/Work.cs", "using PluginHost;", "using System.Diagnostics;\nusing PluginHost;").Commit("First");
        await using (var host = await StartAsync())
        {
            await host.RunAsync("A.Work");
            Assert.That(Workers(host), Is.Not.Empty);
            await host.StopAsync();
            Assert.That(Workers(host), Is.Empty);
        }

        await using var killed = await StartAsync();
        await killed.RunAsync("A.Work");
        var spinning = await killed.PostAsync("api/v1/scripts/A.Work/runs", new { parameters = new { spin = true } });
        await killed.UntilAsync($"api/v1/runs/{spinning["id"]}", run => run["result"] is not null);
        await killed.KillAsync();
        Assert.That(() => Workers(killed), Is.Empty.After(30_000, 50), "they and what they started end by themselves");

        // What builds have left behind is ended by the next host.
        await using var next = await StartAsync();
        Assert.That(Path.Combine(Data, "workers"), Does.Not.Exist, "neither are their folders");
    }

    [Test]
    public async Task InAnAppOfYourOwn_TheWorkerIsThere_AndTheAppsServicesAreNot()
    {
        Repository.CopyFrom(TestInfra.Repository.Root, "samples/Shop/Shop.Contract", "samples/Shop/scripts")
            .Write("samples/Shop/scripts/A/A.csproj", PluginSource.Project()).Write("samples/Shop/scripts/A/Work.cs", PluginSource.Script(Body, Isolated, Members)).Commit("First");
        await using var app = await ReadyHost.StartInAppAsync("Shop", "scripts/", Repository.Path, Data);

        var run = await app.RunAsync("A.Work");
        Assert.That((run["state"]!.ToString(), run["isolation"]!.ToString()), Is.EqualTo(("succeeded", "process")), $"{run.ToJsonString()} {app.Output}");
        Assert.That(run["result"]!.GetValue<int>(), Is.Not.EqualTo(app.ProcessId));

        Repository.Replace("samples/Shop/scripts/Reports/NightlyTotals.cs", "[Script(", "[Script(Isolation = ScriptIsolation.Process, ").Commit("Isolate it");
        await app.SyncAsync();
        var plugin = await app.GetAsync("api/v1/plugins/Reports");

        Assert.That((plugin["state"]!.ToString(), plugin["problem"]!["stage"]!.ToString()), Is.EqualTo(("degraded", "load")), plugin.ToJsonString());
        Assert.That(plugin["problem"]!["message"]!.ToString(), Does.Contain("IShopDatabase database").And.Contain("services of the application are not available"));
    }

    private static string[] Workers(ReadyHost host) => [.. host.StartedProcesses().Where(command => command.Contains("PluginHost.Worker", StringComparison.Ordinal) || command.StartsWith("sleep 1000", StringComparison.Ordinal))];
}
