using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A script does what no process survives. The host comes back by itself, knows what it died of, and does not let that happen for ever.</summary>
[Platform("Linux")]
public sealed class ScriptsThatEndTheHost : HostTestBase
{
    [TestCase("Recurse(1);", "Stack overflow", "private static int Recurse(int depth) => Recurse(depth + 1) + 1;")]
    [TestCase("Environment.Exit(0);", "exit code 0")]
    [TestCase("Environment.FailFast(\"the disk is on fire\");", "the disk is on fire")]
    [TestCase("System.Diagnostics.Process.GetCurrentProcess().Kill();", "SIGKILL")]
    [TestCase("System.Runtime.InteropServices.Marshal.WriteInt32((nint)0x1234_5678_9000, 1);", "Fatal error")]
    public async Task AScriptThatEndsTheProcess_IsLost_AndTheHostIsBack(string body, string cause, string members = "")
    {
        Repository.AddPlugin("Deadly", body, members: members).Commit("Deadly");
        await using var host = await StartSupervisedAsync();

        var lost = await DieAsync(host);

        Assert.That(lost["error"]!.ToJsonString(), Does.Contain(cause));
        Assert.That((await host.GetAsync("api/v1/scripts/Deadly.Work"))["state"]!.ToString(), Is.EqualTo("ready"), "once is not enough");
        Assert.That(await host.StopAsync(), Is.Zero);
        Assert.That(host.StartedProcesses(), Is.Empty);
    }

    [Test]
    public async Task AScheduledScript_ThatEndsTheHostEachTime_IsInQuarantine_UntilItIsAllowedOrNew()
    {
        Repository.AddPlugin("Deadly", Deadly, "[Schedule(\"* * * * * *\")]").AddPlugin("Other").Commit("Deadly");
        await using var host = await StartSupervisedAsync();

        var script = await UntilQuarantinedAsync(host);
        Assert.That(script["state"]!.ToString(), Is.EqualTo("broken"));
        Assert.That(script["quarantine"]!["reason"]!.ToString(), Does.Contain("The host died 2 times").And.Contain("boom"));

        // It stays up, and says what became of the times meanwhile.
        var process = host.SupervisedProcessId;
        var skipped = await host.UntilAsync("api/v1/occurrences?script=Deadly.Work&outcome=skipped-paused", list => list["items"]!.AsArray().Sum(row => row!["count"]!.GetValue<int>()) >= 3);
        Assert.That(skipped["items"]![0]!["reason"]!.ToString(), Does.Contain("quarantine"));
        Assert.That((await host.RunAsync("Other.Work"))["state"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That((await host.GetAsync("health/ready"))["status"]!.ToString(), Is.EqualTo("degraded"));
        Assert.That((await host.Api.GetStringAsync("scripts/Deadly.Work")), Does.Contain("In quarantine"));
        using (var refused = await host.Api.PostAsync("api/v1/scripts/Deadly.Work/runs", null))
        {
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.Conflict));
            Assert.That(JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["title"]!.ToString(), Does.Contain("is in quarantine"));
        }

        Assert.That(host.SupervisedProcessId, Is.EqualTo(process));

        // Allowed, it does what it does, and is caught again.
        Assert.That((await host.PostAsync("api/v1/scripts/Deadly.Work/allow"))["quarantine"], Is.Null);
        await host.UntilAsync("api/v1/runs?script=Deadly.Work&state=lost", runs => runs["items"]!.AsArray().Count >= 4);
        await UntilQuarantinedAsync(host);

        // Mended, it runs without being allowed.
        Repository.AddPlugin("Deadly", "context.SetResult(1);", "[Schedule(\"* * * * * *\")]").Commit("Mended");
        await host.SyncAsync();
        await host.UntilAsync("api/v1/runs?script=Deadly.Work&state=succeeded", runs => runs["items"]!.AsArray().Count > 0);
        Assert.That((await host.GetAsync("api/v1/scripts/Deadly.Work"))["state"]!.ToString(), Is.EqualTo("ready"));
        Assert.That((await host.GetAsync("health/ready"))["status"]!.ToString(), Is.EqualTo("healthy"));
    }

    [Test]
    public async Task AVersionThatEndsTheHost_WhenItIsLoaded_IsRejected_AndTheLastGoodOneStays()
    {
        Repository.AddPlugin("Deadly").AddPlugin("Other").Commit("Good");
        await using var host = await StartSupervisedAsync();
        Assert.That((await host.RunAsync("Deadly.Work")).ToJsonString(), Does.Contain("\"state\":\"succeeded\""), host.Output);

        Repository.Write("plugins/Deadly/Initializer.cs", $"internal static class Initializer {{ [System.Runtime.CompilerServices.ModuleInitializer] internal static void Run() => {Deadly} }}").Commit("Deadly");
        var plugin = await host.UntilAsync("api/v1/plugins/Deadly", now => now["state"]?.ToString() == "degraded");

        Assert.That(plugin["problem"]!["message"]!.ToString(), Does.Contain("ended the whole host 2 times").And.Contain("boom"));
        Assert.That((await host.RunAsync("Deadly.Work"))["state"]!.ToString(), Is.EqualTo("succeeded"), "the last good version");
        var process = host.SupervisedProcessId;
        await host.SyncAsync();
        Assert.That(host.SupervisedProcessId, Is.EqualTo(process), "who asks by hand gets it tried again, and it is refused at once");

        Repository.Delete("plugins/Deadly/Initializer.cs").Write("plugins/Deadly/New.cs", "internal class New;").Commit("Mended");
        await host.SyncAsync();
        Assert.That((await host.GetAsync("api/v1/plugins/Deadly"))["state"]!.ToString(), Is.EqualTo("live"));
    }

    [Test]
    public async Task ExceptionsThatNothingHandles_AreLoggedAndCounted_AndTheProcessGoesOn()
    {
        Repository
            .AddPlugin("OnAThread", Wait("new Thread(() => throw new InvalidOperationException(\"thread\")).Start();"))
            .AddPlugin("AsyncVoid", Wait("Throw();"), members: "private static async void Throw() { await Task.Yield(); throw new InvalidOperationException(\"void\"); }")
            .AddPlugin("InATimer", Wait("_timer = new Timer(_ => throw new InvalidOperationException(\"timer\"), null, 1, Timeout.Infinite);"), members: "private static Timer? _timer;")
            .AddPlugin("Finalized", Wait("Leave(); GC.Collect(); GC.WaitForPendingFinalizers();"), members: "private static void Leave() => new Thrower(); private sealed class Thrower { ~Thrower() => throw new InvalidOperationException(\"finalizer\"); }")
            .Commit("Throwing");
        await using var host = await StartSupervisedAsync();
        var process = host.SupervisedProcessId;

        foreach (var (plugin, word) in new[] { ("OnAThread", "thread"), ("AsyncVoid", "void"), ("InATimer", "timer"), ("Finalized", "finalizer") })
        {
            Assert.That((await host.RunAsync($"{plugin}.Work"))["state"]!.ToString(), Is.EqualTo("succeeded"));
            await host.UntilAsync("api/v1/status", status => status["problems"]!.AsArray().Any(problem => problem!.ToString().Contains($"'{plugin}' threw 1 exception", StringComparison.Ordinal) && problem.ToString().Contains(word, StringComparison.Ordinal)));
        }

        Assert.That(host.SupervisedProcessId, Is.EqualTo(process));
        Assert.That(await host.Api.GetStringAsync("metrics"), Does.Contain("pluginhost_unhandled_exceptions").And.Contain("OnAThread"));
        var run = (await host.GetAsync("api/v1/runs?script=AsyncVoid.Work"))["items"]![0]!["id"];
        Assert.That(await host.Api.GetStringAsync($"api/v1/runs/{run}/log"), Does.Contain("Nothing handled this exception").And.Contain("void"));
        Assert.That(host.Output, Does.Contain("Plugin 'Finalized', version"));
    }

    [Test]
    public async Task AForegroundThread_ThatAScriptHasLeftBehind_DoesNotKeepTheProcess()
    {
        Repository.AddPlugin("Stays", "new Thread(() => Thread.Sleep(Timeout.Infinite)).Start();").Commit("Stays");
        await using var host = await StartSupervisedAsync();
        await host.RunAsync("Stays.Work");

        Assert.That(await host.StopAsync(), Is.Zero);

        Assert.That(host.StartedProcesses(), Is.Empty);
    }

    [Test]
    public async Task AKilledHost_IsBack_AndTheRunThatAskedForItRunsAgain()
    {
        Repository.AddPlugin("Slow", "if (context.Attempt == 1) await Task.Delay(Timeout.Infinite, cancellationToken);", "[Script(RerunWhenLost = true)]").Commit("Slow");
        await using var host = await StartSupervisedAsync();
        var run = await host.PostAsync("api/v1/scripts/Slow.Work/runs");
        await host.UntilAsync($"api/v1/runs/{run["id"]}", now => now["state"]!.ToString() == "running");
        var process = host.SupervisedProcessId;

        Command.Run("/", "kill", "-KILL", $"{process}");

        await host.UntilAsync($"api/v1/runs/{run["id"]}", now => now["state"]!.ToString() == "lost");
        await host.UntilAsync("api/v1/runs?script=Slow.Work&state=succeeded", runs => runs["items"]!.AsArray().Count == 1);
        Assert.That(host.SupervisedProcessId, Is.Not.EqualTo(process));
    }

    [Test]
    public async Task AKilledSupervisor_TakesTheHostWithIt()
    {
        Repository.AddPlugin("A").Commit("A");
        await using var host = await StartSupervisedAsync();

        await host.KillAsync();

        await UntilGoneAsync(host);
        await using var again = await StartSupervisedAsync();
        Assert.That((await again.RunAsync("A.Work"))["state"]!.ToString(), Is.EqualTo("succeeded"));
    }

    [Test]
    public async Task InSafeMode_NothingStartsByItself_UntilItIsLeft()
    {
        Repository.AddPlugin("Tick", "context.SetResult(1);", "[Schedule(\"* * * * * *\")]").Commit("Tick");
        await using var host = await ReadyHost.StartSupervisedAsync(Repository.Path, Data, null, "--safe-mode");
        Assert.That((await host.GetAsync("api/v1/status"))["safeMode"]!.GetValue<bool>());
        Assert.That((await host.RunAsync("Tick.Work"))["state"]!.ToString(), Is.EqualTo("succeeded"), "by hand");
        Assert.That((await host.Api.GetStringAsync("host")), Does.Contain("Leave safe mode"));

        using var left = await host.Api.DeleteAsync("api/v1/safe-mode");

        Assert.That(left.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        await host.UntilAsync("api/v1/runs?script=Tick.Work&trigger=schedule", runs => runs["items"]!.AsArray().Count > 0);
        var first = (await host.GetAsync("api/v1/runs?script=Tick.Work"))["items"]!.AsArray()[^1]!;
        Assert.That(first["trigger"]!.ToString(), Is.EqualTo("manual"), "nothing ran before");
    }

    private const string Deadly = "Environment.FailFast(\"boom\");";

    private Task<ReadyHost> StartSupervisedAsync() => ReadyHost.StartSupervisedAsync(Repository.Path, Data);

    // The script is still at work when what it has left behind throws, so that its log is open.
    private static string Wait(string body) => $"{body} await Task.Delay(300);";

    private static async Task<JsonNode> DieAsync(ReadyHost host)
    {
        string? id = null;
        try
        {
            using var answer = await host.Api.PostAsJsonAsync("api/v1/scripts/Deadly.Work/runs", new { });
            id = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["id"]!.ToString();
        }
        catch (HttpRequestException)
        {
            // It died before it could answer; what it had taken is stored.
        }

        var runs = await host.UntilAsync("api/v1/runs?script=Deadly.Work&state=lost", list => list["items"]!.AsArray().Count == 1);
        var lost = runs["items"]![0]!;
        Assert.That(id ?? lost["id"]!.ToString(), Is.EqualTo(lost["id"]!.ToString()));
        return lost;
    }

    private static Task<JsonNode> UntilQuarantinedAsync(ReadyHost host) =>
        host.UntilAsync("api/v1/scripts/Deadly.Work", script => script["quarantine"] is not null);

    private static async Task UntilGoneAsync(ReadyHost host)
    {
        using var limit = new CancellationTokenSource(ReadyHost.Patience);
        while (host.StartedProcesses().Any(process => process.EndsWith("--supervised ", StringComparison.Ordinal)))
        {
            await Task.Delay(50, limit.Token);
        }
    }
}
