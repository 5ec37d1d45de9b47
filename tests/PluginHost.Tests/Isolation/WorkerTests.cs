using System.Text.Json.Nodes;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Isolation;

/// <summary>Scripts in worker processes keep the contract.</summary>
public sealed class WorkerTests : WorkerTestBase
{
    private protected override Dictionary<string, string?> Settings => new()
    {
        ["PluginHost:Scripts:Shop.Speaking:greeting"] = "hello", ["PluginHost:Scripts:Shop.Speaking:a:b"] = "c",
    };

    private protected override void Configure(PluginHostOptions options)
    {
        options.Runs.CaptureConsole = true;
        options.Runs.MaxStateKeys = 3;
    }

    [Test]
    public async Task AScript_HasItsParameters_ItsContext_ItsServices_AndItsConfiguration()
    {
        Environment.SetEnvironmentVariable("PLUGINHOST_TEST_SECRET", "of the host");
        var version = Host.Deploy(typeof(Speaking));

        var run = await RunAsync("Speaking", """{ "count": 3, "places": [{ "city": "Rome", "number": 4 }, { "city": "Oslo" }], "password": "open sesame" }""");

        Assert.That(run.State, Is.EqualTo(RunState.Succeeded), run.Error?.ToString());
        var result = run.Result!;
        Assert.Multiple(() =>
        {
            Assert.That(run.Isolation, Is.EqualTo(ScriptIsolation.Process));
            Assert.That((int)result["process"]!, Is.Not.EqualTo(Environment.ProcessId));
            Assert.That((int)result["count"]!, Is.EqualTo(3));
            Assert.That(result["places"]!.ToJsonString(), Is.EqualTo("""[{"city":"Rome","number":4},{"city":"Oslo","number":null}]"""));
            Assert.That(((string?)result["setting"], (string?)result["nested"]), Is.EqualTo(("hello", "c")));
            Assert.That((bool)result["hasServices"]!, Is.True);
            Assert.That(((string?)result["runId"], (string?)result["scriptId"], (string?)result["commit"]), Is.EqualTo((run.Id, "Shop.Speaking", version.Commit)));
            Assert.That(((string?)result["trigger"], (int)result["attempt"]!, result["scheduledFor"]), Is.EqualTo(("Manual", 1, (JsonNode?)null)));
            Assert.That((string?)result["pluginDirectory"], Is.EqualTo(version.Artifact.Directory));
            Assert.That(result["secretOfTheHost"], Is.Null, "the environment is the worker's own");
            Assert.That((string?)result["directory"], Does.StartWith(Host.Data.Workers));
        });
    }

    [Test]
    public async Task WhatItSays_IsItsLog_ItsProgressAndItsResult_WithoutItsSecrets()
    {
        Host.Deploy(typeof(Speaking));

        var run = await RunAsync("Speaking", """{ "password": "open sesame" }""");

        var log = await Host.LogOfAsync(run);
        Assert.That(log.Take(4), Is.EqualTo(new[] { "DBG debug 1", "WRN warning ***", "ERR error", "    System.InvalidOperationException: inner" }));
        Assert.That(log.Skip(4), Is.EquivalentTo(new[] { "OUT to the console", "OUT and its error" }));
        Assert.That(run.Progress, Is.EqualTo(new RunProgress(0.25, "a quarter of ***")));
        Assert.That((string?)run.Result!["password"], Is.EqualTo("***"));
    }

    [Test]
    public async Task WrongParameters_AreRefusedAsEverywhere()
    {
        Host.Deploy(typeof(Speaking));

        var refused = await Assert.CatchAsync<InvalidParametersException>(() => RunAsync("Speaking", """{ "count": 11, "places": [{ "number": "x" }] }"""));

        Assert.That(refused!.Errors.Keys, Is.EquivalentTo(new[] { "Count", "Places[0].number", "Places[0].city" }).IgnoreCase);
    }

    [Test]
    public async Task WhatItKeeps_IsKeptByTheHost_WithItsBounds()
    {
        Host.Deploy(typeof(Keeping));

        await RunAsync("Keeping");
        var run = await RunAsync("Keeping");

        Assert.That(run.State, Is.EqualTo(RunState.Succeeded), run.Error?.ToString());
        var result = run.Result!;
        Assert.Multiple(() =>
        {
            Assert.That((int)result["count"]!, Is.EqualTo(2));
            Assert.That(((bool)result["stale"]!, (bool)result["current"]!), Is.EqualTo((false, true)));
            Assert.That(result["place"]!.ToJsonString(), Is.EqualTo("""{"city":"Oslo","number":2}"""));
            Assert.That(((bool)result["removed"]!, (bool)result["removedAgain"]!), Is.EqualTo((true, false)));
            Assert.That(result["keys"]!.ToJsonString(), Is.EqualTo("""["count","place"]"""));
            Assert.That((string?)result["tooLarge"], Does.StartWith("ArgumentException: The value for 'large' is"));
            Assert.That((string?)result["wrongKey"], Does.StartWith("ArgumentException: A key is 1 to 200 characters"));
            Assert.That((string?)result["tooMany"], Does.StartWith("InvalidOperationException: Script 'Shop.Keeping' keeps 3 values already"));
            Assert.That((string?)result["wrongType"], Does.StartWith("InvalidOperationException: The value 'place' that script 'Shop.Keeping' keeps cannot be read as int"));
        });
    }

    [Test]
    public async Task TooLargeAResult_FailsTheRun_AsInTheHost()
    {
        Host.Deploy(typeof(Acting));

        var run = await ActAsync("large result");

        Assert.That((run.State, run.Error!.Type), Is.EqualTo((RunState.Failed, "System.ArgumentException")));
        Assert.That(run.Error.Message, Does.Contain("PluginHost:Runs:MaxResultBytes"));
    }

    [Test]
    public async Task WhatItThrows_IsTheErrorOfTheRun()
    {
        Host.Deploy(typeof(Acting));

        var run = await ActAsync("throw");

        Assert.That((run.State, run.Error!.Type, run.Error.Message), Is.EqualTo((RunState.Failed, "System.InvalidOperationException", "Thrown on purpose.")));
        Assert.That(run.Error.StackTrace, Does.Contain("IsolatedScripts.cs"));
        Assert.That(await Host.LogOfAsync(run), Has.Some.StartsWith("ERR System.InvalidOperationException"));
    }

    [Test]
    public async Task RawOutput_DoesNotGetBetweenTheMessages()
    {
        Host.Deploy(typeof(Acting));

        var first = await ActAsync("raw output");
        var second = await ActAsync("");

        Assert.That((first.State, second.State), Is.EqualTo((RunState.Succeeded, RunState.Succeeded)));
        Assert.That(second.Result!.ToJsonString(), Is.EqualTo(first.Result!.ToJsonString()), "it is the same worker");
    }

    [Test]
    public async Task AServiceOfTheApplication_IsNotThere_AndTheRunSaysSo()
    {
        Host.Deploy(typeof(Asking));

        var run = await RunAsync("Asking");

        Assert.That(run.Error!.Message, Does.Contain("runs in a worker process of its own, where the services of the application are not available"));
    }

    private async Task<RunInfo> RunAsync(string script, string? parameters = null) =>
        await Host.EndOfAsync(await Host.StartAsync(script, new RunRequest { Parameters = parameters is null ? null : (JsonObject)JsonNode.Parse(parameters)! }));

    private async Task<RunInfo> ActAsync(string what) => await Host.EndOfAsync(await StartAsync(what));
}
