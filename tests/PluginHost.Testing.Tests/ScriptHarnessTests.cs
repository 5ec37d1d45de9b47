using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PluginHost.Testing.Tests;

public sealed class ScriptHarnessTests
{
    [Test]
    public async Task Run_GivesResultLogProgressAndState_AndHidesSecrets()
    {
        await using var harness = Totals();
        harness.Configuration["Recipient"] = "ada@example.com";

        var result = await harness.RunAsync(new Dictionary<string, object?> { ["days"] = 3, ["password"] = "open sesame" });

        Assert.Multiple(() =>
        {
            Assert.That(result.State, Is.EqualTo(RunState.Succeeded));
            Assert.That(result.GetResult<Totals>(), Is.EqualTo(new Totals(42m, "ada@example.com")));
            Assert.That(result.ResultJson!["recipient"]!.ToString(), Is.EqualTo("ada@example.com"), "as a host keeps it");
            Assert.That(result.Log.Single().Message, Is.EqualTo("Adding up 3 days, with ***."));
            Assert.That(result.Log.Single().Level, Is.EqualTo(LogLevel.Information));
            Assert.That(result.Progress, Is.EqualTo(new[] { new RunProgress(0.5, "added up"), new RunProgress(1, null) }));
        });

        harness.Configuration["Recipient"] = "bob@example.com";
        Assert.That((await harness.RunAsync()).GetResult<Totals>(), Is.EqualTo(new Totals(14m, "bob@example.com")));
        Assert.That(await harness.State.GetAsync<int>("count"), Is.EqualTo(2));
    }

    [Test]
    public async Task WrongParameters_AreTheHostsOwnErrors()
    {
        await using var harness = Totals();

        var refused = (await Assert.ThrowsAsync<InvalidParametersException>(() => harness.RunAsync(new { Days = 0, Dais = 1 })))!;

        Assert.That(refused.Errors.Keys, Is.EquivalentTo(new[] { "Days", "Dais" }));
        await Assert.ThrowsAsync<InvalidParametersException>(() => harness.RunAsync(new JsonObject { ["Days"] = "many" }));
        await Assert.ThrowsAsync<ArgumentException>(() => harness.RunAsync(3));
    }

    [Test]
    public async Task AnInstanceOfTheTest_IsCheckedAndRun()
    {
        await using var harness = new ScriptHarness<DailyTotals>("Reports");
        var configuration = new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build();
        var log = Microsoft.Extensions.Logging.Abstractions.NullLogger<DailyTotals>.Instance;

        var result = await harness.RunInstanceAsync(new DailyTotals(new FakeOrders(), configuration, log) { Days = 2 });

        Assert.That(result.GetResult<Totals>()!.Sum, Is.EqualTo(28m));
        Assert.That(result.Run.Parameters!["Days"]!.GetValue<int>(), Is.EqualTo(2));
        await Assert.ThrowsAsync<InvalidParametersException>(() => harness.RunInstanceAsync(new DailyTotals(new FakeOrders(), configuration, log) { Days = 400 }));
    }

    [Test]
    public async Task AServiceThatIsNotThere_IsTheHostsOwnProblem()
    {
        await using var harness = new ScriptHarness<DailyTotals>("Reports");

        var rejected = (await Assert.ThrowsAsync<ScriptRejectedException>(() => harness.RunAsync()))!;

        Assert.That(rejected.Problems.Single(), Does.Contain("Share<IOrders>()"));
        Assert.Throws<InvalidOperationException>(() => harness.Services.AddSingleton<IOrders>(new FakeOrders()), "fixed by the first run");
    }

    [Test]
    public void AClassThatAHostRejects_IsRejected()
    {
        var rejected = Assert.Throws<ScriptRejectedException>(() => _ = new ScriptHarness<Wrong>())!;

        Assert.That(rejected.Problems, Has.Exactly(1).Contains("26 * * * *").And.Exactly(1).Contains("'Stream'"));
        Assert.Throws<ScriptRejectedException>(() => _ = new ScriptHarness<Hidden>());
    }

    [Test]
    public async Task Time_IsTheTests_AndTheTimeLimitGoesByIt()
    {
        await using var harness = new ScriptHarness<Waiting>();

        var run = harness.Start(new { Pause = TimeSpan.FromMinutes(20) });
        Assert.That(run.Completion.IsCompleted, Is.False);
        harness.Advance(TimeSpan.FromMinutes(20));
        Assert.That(run.Log.Select(entry => entry.Message), Is.EqualTo(new[] { "Waited 1" }));
        harness.Advance(TimeSpan.FromMinutes(20));
        var ended = await run.Completion;
        Assert.That(ended.Run.DurationMs, Is.EqualTo(40 * 60_000));

        var slow = harness.Start(new { Pause = TimeSpan.FromMinutes(40) });
        harness.Advance(TimeSpan.FromMinutes(40));
        harness.Advance(TimeSpan.FromMinutes(20));
        Assert.That((await slow.Completion).State, Is.EqualTo(RunState.TimedOut));

        var cancelled = harness.Start();
        cancelled.Cancel();
        var result = await cancelled.Completion;
        Assert.That(result.State, Is.EqualTo(RunState.Cancelled));
        Assert.That(result.Exception, Is.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task AScriptThatWaitsForAClockThatStandsStill_IsGivenUp_WithAdvice()
    {
        await using var harness = new ScriptHarness<Waiting> { Limit = TimeSpan.FromSeconds(2) };
        Assert.That((await Assert.ThrowsAsync<TimeoutException>(() => harness.RunAsync()))!.Message, Does.Contain("harness.Advance"));

        using var release = new ManualResetEventSlim();
        await using var blocked = new ScriptHarness<Blocking> { Limit = TimeSpan.FromSeconds(2) };
        blocked.Services.AddSingleton(release);
        Assert.That((await Assert.ThrowsAsync<TimeoutException>(() => blocked.RunAsync()))!.Message, Does.Contain("blocked its thread"));
        release.Set();
    }

    [Test]
    public async Task AScriptThatFails_SaysWhy_WithItsLog()
    {
        await using var harness = new ScriptHarness<Failing>();

        var result = await harness.RunAsync();

        var failed = Assert.Throws<ScriptFailedException>(() => result.EnsureSucceeded())!;
        Assert.That(failed.Message, Does.Contain("NotSupportedException: no luck").And.Contain("about to fail"));
        Assert.That(failed.InnerException, Is.SameAs(result.Exception));
        Assert.That(result.Log[^1].Message, Is.EqualTo("disposed"), "a host disposes a script whatever happens");
    }

    [Test]
    public async Task Requests_AreAnsweredByTheTest_AndNoneGoesOutWithoutIt()
    {
        await using var harness = new ScriptHarness<Fetching>();

        var none = await harness.RunAsync();
        Assert.That(none.Exception!.Message, Does.Contain("GET http://example.invalid/").And.Contain("HttpHandler"));

        harness.HttpHandler = new Answer("it is there");
        Assert.That((await harness.RunAsync()).EnsureSucceeded().GetResult<string>(), Is.EqualTo("it is there"));
    }

    [Test]
    public async Task WhatStartsARun_IsToldToTheScript()
    {
        var due = new DateTimeOffset(2026, 3, 1, 6, 0, 0, TimeSpan.Zero);
        await using var harness = new ScriptHarness<Asking>("Reports") { Trigger = RunTrigger.CatchUp, ScheduledFor = due, Attempt = 3, Commit = "abc" };

        var told = (await harness.RunAsync()).EnsureSucceeded().ResultJson!;

        Assert.That(JsonNode.DeepEquals(told, JsonNode.Parse("""["Reports.Asking","CatchUp","2026-03-01T06:00:00+00:00",3,"abc",true]""")), told.ToJsonString());
    }

    private static ScriptHarness<DailyTotals> Totals()
    {
        var harness = new ScriptHarness<DailyTotals>("Reports");
        harness.Services.AddSingleton<IOrders>(new FakeOrders());
        return harness;
    }

    [Schedule("26 * * * *", TimeZone = "Nowhere/At-All")]
    internal sealed class Wrong : IScript
    {
        [Parameter]
        public Stream? Stream { get; init; }

        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class Hidden : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    internal sealed class Blocking(ManualResetEventSlim release) : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
        {
            release.Wait(CancellationToken.None);
            return Task.CompletedTask;
        }
    }

    internal sealed class Failing(ILogger<Failing> log) : IScript, IDisposable
    {
        public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
        {
            await Task.Yield();
            context.Logger.LogDebug("about to fail");
            throw new NotSupportedException("no luck");
        }

        public void Dispose() => log.LogInformation("disposed");
    }

    internal sealed class Fetching(HttpClient http) : IScript
    {
        public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken) =>
            context.SetResult(await http.GetStringAsync(new Uri("http://example.invalid/"), cancellationToken));
    }

    internal sealed class Asking : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
        {
            context.SetResult(new object?[] { context.ScriptId, context.Trigger, context.ScheduledFor, context.Attempt, context.Commit, Directory.Exists(context.PluginDirectory) });
            return Task.CompletedTask;
        }
    }

    private sealed class Answer(string text) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(text) });
    }
}
