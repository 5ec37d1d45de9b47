using System.Diagnostics;
using System.Text.Json.Nodes;
using PluginHost.History;
using PluginHost.Tests.Isolation;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Telemetry;

/// <summary>Where runs are in traces.</summary>
public sealed class RunSpansTests : RunTestBase
{
    private const string Caller = "RunSpansTests.Caller";

    private static readonly ActivitySource Outside = new(Caller);
    private static readonly TimeSpan RetryAtMost = TimeSpan.FromMinutes(2);

    private Spans _spans = null!;

    private protected override void Configure(PluginHostOptions options) => options.Runs.MaxConcurrent = 1;

    [SetUp]
    public void Listen() => _spans = new Spans(PluginHostTelemetry.ActivitySourceName, Caller);

    [TearDown]
    public void StopListening() => _spans.Dispose();

    [Test]
    public async Task ARequestThatIsRefusedWhenItIsStored_LeavesNoSpan()
    {
        Host.Deploy(typeof(Plain));
        Stage.Script = (_, _) => Task.CompletedTask;
        await EndedAsync(await Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k" }));

        Assert.That(() => Host.StartAsync("Plain", new RunRequest { IdempotencyKey = "k", Version = Host.Live.Current.Plugins[RunningHost.Plugin].Version.Id }), Throws.TypeOf<ConflictException>());
        Assert.That(_spans.Begun - _spans.All.Count, Is.Zero, "each one that has begun has ended");
        Assert.That(_spans.All.Where(span => !span.Recorded), Has.Exactly(1).Items, "and this one is shown to nobody");
    }

    [Test]
    public async Task ARunAskedForInATrace_IsUnderTheRequest_AndWhatItsScriptDoesIsUnderTheRun()
    {
        Host.Deploy(typeof(Plain));
        Stage.Script = (_, _) =>
        {
            using var own = Outside.StartActivity("own work");
            Time.Advance(TimeSpan.FromSeconds(3));
            return Task.CompletedTask;
        };

        RunInfo run;
        ActivityContext request;
        using (var asking = Outside.StartActivity("request")!)
        {
            asking.TraceStateString = "vendor=1";
            request = asking.Context;
            run = await Host.StartAsync("Plain");
            Assert.That(Activity.Current, Is.SameAs(asking), "who asks is not in the run");
        }

        var ended = await EndedAsync(run);
        var (span, own) = (_spans.Of(run), _spans.All.Single(span => span.OperationName == "own work"));
        Assert.Multiple(() =>
        {
            Assert.That((span.TraceId, span.ParentSpanId, span.TraceStateString), Is.EqualTo((request.TraceId, request.SpanId, "vendor=1")));
            Assert.That((own.TraceId, own.ParentSpanId), Is.EqualTo((request.TraceId, span.SpanId)));
            Assert.That(ended.TraceParent, Is.EqualTo(span.Id));
            Assert.That(span.DisplayName, Is.EqualTo("run Shop.Plain"));
            Assert.That((span.GetTagItem("pluginhost.run.trigger"), span.GetTagItem("pluginhost.run.state"), span.Status), Is.EqualTo(("manual", "succeeded", ActivityStatusCode.Unset)));
            Assert.That((span.StartTimeUtc, span.Duration), Is.EqualTo((ended.StartedAt!.Value.UtcDateTime, ended.FinishedAt!.Value - ended.StartedAt!.Value)));
        });
    }

    [Test]
    public async Task ARunThatWaited_WhenTheHostDied_IsStillUnderItsRequest()
    {
        Host.Deploy(typeof(Plain));
        await Host.StartAsync("Plain");
        await Stage.NextAsync();
        RunInfo waiting;
        ActivityContext request;
        using (var asking = Outside.StartActivity("request")!)
        {
            request = asking.Context;
            waiting = await Host.StartAsync("Plain");
        }

        await CrashAndRestartAsync();
        await Host.Runs.StartAsync(CancellationToken.None);
        Host.Deploy(typeof(Plain));
        Host.Readiness.Loaded();
        (await Stage.NextAsync()).End();
        await EndedAsync(waiting);

        var span = _spans.Of(waiting);
        Assert.That((span.TraceId, span.ParentSpanId), Is.EqualTo((request.TraceId, request.SpanId)));
    }

    [Test]
    public async Task ARunThatFailed_SaysSo_AndItsRetryIsUnderIt()
    {
        Host.Deploy(typeof(Retried));
        var run = await Host.StartAsync("Retried");
        (await Stage.NextAsync()).Fail(new InvalidOperationException("No stock."));
        await EndedAsync(run);
        await Host.UntilAsync(() => Host.Runs.List(new RunQuery { Trigger = RunTrigger.Retry }).Items.Count == 1);
        Time.Advance(RetryAtMost);
        (await Stage.NextAsync()).End();
        var retry = Host.Runs.List(new RunQuery { Trigger = RunTrigger.Retry }).Items.Single();
        await EndedAsync(retry);

        var (failed, again) = (_spans.Of(run), _spans.Of(retry));
        Assert.Multiple(() =>
        {
            Assert.That(failed.ParentSpanId, Is.EqualTo(default(ActivitySpanId)), "nobody asked for it in a trace");
            Assert.That((failed.Status, failed.StatusDescription), Is.EqualTo((ActivityStatusCode.Error, "No stock.")));
            Assert.That(failed.GetTagItem("error.type"), Is.EqualTo(typeof(InvalidOperationException).FullName));
            Assert.That(failed.Events.Single().Tags.Single(tag => tag.Key == "exception.message").Value, Is.EqualTo("No stock."));
            Assert.That((again.TraceId, again.ParentSpanId), Is.EqualTo((failed.TraceId, failed.SpanId)));
        });
    }

    [Test]
    public async Task ARunOfASchedule_IsATraceOfItsOwn_WhateverIsUnderWay()
    {
        var version = Host.Deploy(typeof(Plain));
        Stage.Script = (_, _) => Task.CompletedTask;

        RunInfo? run;
        using (Outside.StartActivity("the host's own work"))
        {
            run = await Host.Runs.StartScheduledAsync(
                Host.Live.Current.Scripts["Shop.Plain"], OverlapPolicy.Allow, Time.GetUtcNow(), RunTrigger.Schedule, new ScheduleMark("Shop.Plain", "key", Time.GetUtcNow()));
        }

        await EndedAsync(run!);
        var span = _spans.Of(run!);
        Assert.That((span.ParentSpanId, span.GetTagItem("pluginhost.plugin.version")), Is.EqualTo((default(ActivitySpanId), version.Id)));
    }

    [Test]
    public async Task AScriptInAWorker_IsInTheSpanOfItsRun()
    {
        Host.Deploy(typeof(Acting));

        var run = await Host.StartAsync("Acting", new RunRequest { Parameters = new JsonObject { ["what"] = "trace" } });

        var ended = await EndedAsync(run);
        Assert.That(ended.Result!.ToString(), Is.EqualTo(_spans.Of(run).Id));
    }

    [Test]
    public async Task WhereNobodyListens_TheScriptStillHasTheTraceOfItsRequest()
    {
        _spans.Dispose();
        Host.Deploy(typeof(Plain));
        Stage.Script = (context, _) =>
        {
            context.SetResult(Activity.Current?.TraceId.ToString());
            return Task.CompletedTask;
        };

        using var asking = new Activity("request").Start();
        var run = await Host.StartAsync("Plain");

        Assert.That((await EndedAsync(run)).Result!.ToString(), Is.EqualTo(asking.TraceId.ToString()));
    }

    private async Task<RunInfo> EndedAsync(RunInfo run)
    {
        var ended = await Host.EndOfAsync(run);
        await _spans.UntilEndedAsync(PluginHostTelemetry.Source.HasListeners() ? ended.TraceParent : null);
        return ended;
    }
}
