using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using PluginHost.Isolation;
using PluginHost.TestInfra;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Telemetry;

/// <summary>What scripts in worker processes start is in the traces of the host.</summary>
public sealed class WorkerSpansTests : RunTestBase
{
    private const string Http = "System.Net.Http";

    private Spans? _spans;

    [TearDown]
    public void StopListening() => _spans?.Dispose();

    [Test]
    public async Task TheSpansOfAScript_AreUnderItsRun_WithTheirIds_AndAllThatIsOnThem()
    {
        Listen(Tracing.Heard);
        var run = await RunAsync("import");

        var (ran, outer, inner) = (_spans!.Of(run), The("import"), The("parse"));
        Assert.Multiple(() =>
        {
            Assert.That((run.Result!["run"]!.ToString(), run.Result["outer"]!.ToString()), Is.EqualTo((run.TraceParent, outer.Id)), "they are the ids that the script has seen");
            Assert.That((outer.TraceId, outer.ParentSpanId, outer.HasRemoteParent), Is.EqualTo((ran.TraceId, ran.SpanId, false)));
            Assert.That((inner.TraceId, inner.ParentSpanId), Is.EqualTo((ran.TraceId, outer.SpanId)));
            Assert.That((outer.Source.Name, outer.Source.Version, outer.Kind, outer.DisplayName, outer.Recorded), Is.EqualTo((Tracing.Heard, "1.2", ActivityKind.Producer, "import of orders", true)));
            Assert.That(outer.TagObjects, Is.EqualTo(new Dictionary<string, object?>
            {
                ["count"] = 3L, ["share"] = 2.0, ["most"] = double.PositiveInfinity, ["again"] = true, ["day"] = "Friday", ["names"] = new[] { "a", "b" }, ["sizes"] = new[] { 1L, 2 }, ["none"] = Array.Empty<long>(),
            }));
            Assert.That(outer.TagObjects.Select(tag => tag.Value!.GetType()).Take(2), Is.EqualTo(new[] { typeof(long), typeof(double) }), "2.0 is no whole number");
            var link = outer.Links.Single();
            Assert.That((link.Context.TraceId.ToString(), link.Context.SpanId.ToString(), link.Tags!.Single()), Is.EqualTo((Tracing.ForeignTrace, Tracing.ForeignSpan, KeyValuePair.Create("why", (object?)"batch"))));
            Assert.That((inner.Status, inner.StatusDescription), Is.EqualTo((ActivityStatusCode.Error, "It has no date.")));
            Assert.That(inner.Events.Single().Tags, Has.Member(KeyValuePair.Create("exception.message", (object?)"No date.")));
            Assert.That(inner.StartTimeUtc, Is.GreaterThanOrEqualTo(outer.StartTimeUtc));
            Assert.That(inner.StartTimeUtc + inner.Duration, Is.LessThanOrEqualTo(outer.StartTimeUtc + outer.Duration));
        });
    }

    [Test]
    public async Task ACallToAnotherService_CarriesTheIdOfASpanThatIsInTheTrace()
    {
        Listen(Tracing.Heard, Http);
        using var service = new HttpListener();
        var address = $"http://127.0.0.1:{Server.FreePort()}/";
        service.Prefixes.Add(address);
        service.Start();
        var called = service.GetContextAsync();
        var run = await StartAsync("call", new JsonObject { ["address"] = address });
        var request = await called.WaitAsync(RunningHost.HangLimit);
        request.Response.Close();
        await EndedAsync(run);

        var call = Of(run).Single(span => span.Source.Name == Http && span.Kind == ActivityKind.Client);
        Assert.That(request.Request.Headers["traceparent"], Is.EqualTo(call.Id));
        Assert.That(call.ParentSpanId, Is.EqualTo(The("outer").SpanId));
        Assert.That(call.GetTagItem("http.response.status_code"), Is.EqualTo(200));
    }

    [Test]
    public async Task WhatNobodyInTheHostListensTo_IsNotThere_NorBetweenOthers()
    {
        Listen(Tracing.Heard);
        await RunAsync("between");

        Assert.That(The("inner").ParentSpanId, Is.EqualTo(The("outer").SpanId));
    }

    [Test]
    public async Task WhereNobodyListens_NothingInTheWorkerDoes()
    {
        using var asking = new Activity("request").Start();

        var run = await Host.EndOfAsync(await StartAsync("look"));

        Assert.That(run.Result!.ToJsonString(), Is.EqualTo($$"""{"listens":false,"records":false,"trace":"{{asking.TraceId}}","parent":"{{asking.SpanId}}"}"""));
    }

    [Test]
    public async Task WhereNobodyListensAnyMore_NothingIsRecorded()
    {
        Listen(Tracing.Heard);
        Assert.That((bool)(await RunAsync("look")).Result!["records"]!, Is.True);
        _spans!.Dispose();

        var run = await Host.EndOfAsync(await StartAsync("look"));

        Assert.That((bool)run.Result!["records"]!, Is.False);
    }

    [Test]
    public async Task WhatEndsAfterItsRun_IsLeftOut()
    {
        Listen(Tracing.Heard);
        await RunAsync("leave");

        var later = await RunAsync("end what was left");

        Assert.That(later.State, Is.EqualTo(RunState.Succeeded));
        Assert.That(_spans!.All.Select(span => span.OperationName), Has.None.EqualTo("left"));
    }

    [Test]
    public async Task ATraceOfItsOwn_OrOfAMessageThatItTook_IsWhereItBelongs()
    {
        Listen(Tracing.Heard);
        var run = await RunAsync("elsewhere");

        var (own, taken) = (The("a trace of its own"), The("message, Recorded"));
        Assert.That((own.ParentSpanId, own.TraceId == _spans!.Of(run).TraceId), Is.EqualTo((default(ActivitySpanId), false)));
        Assert.That((taken.TraceId.ToString(), taken.ParentSpanId.ToString(), taken.HasRemoteParent, taken.TraceStateString), Is.EqualTo((Tracing.ForeignTrace, Tracing.ForeignSpan, true, "vendor=1")));
        Assert.That(_spans.All.Select(span => span.OperationName), Has.None.EqualTo("message, None"), "who sent it does not record it");
    }

    [Test]
    public async Task TooManySpans_AreLeftOut_AndTheRunSaysHowMany()
    {
        Listen(Tracing.Heard);
        var run = await RunAsync("many", new JsonObject { ["count"] = TracedRun.MostSpans + 7 });

        var around = The("around");
        Assert.That(run.State, Is.EqualTo(RunState.Succeeded));
        Assert.That(Of(run).Count(span => span.ParentSpanId == around.SpanId), Is.EqualTo(TracedRun.MostSpans - 1), "the one around them is there as well");
        Assert.That(await Host.LogOfAsync(run), Has.Some.StartsWith("WRN 8 spans of this run are not in its trace."));
    }

    [Test]
    public async Task WhatIsTooLarge_OrCannotBeRead_IsCutOrLeftOut_AndTheRunSaysSo()
    {
        Listen(source => source.StartsWith(Tracing.Heard, StringComparison.Ordinal));
        var run = await RunAsync("large");

        var large = The("large");
        Assert.That(run.State, Is.EqualTo(RunState.Succeeded));
        Assert.That((large.TagObjects.Count(), large.Events.Single().Name.Length), Is.EqualTo((SpanCopy.MostItems, SpanCopy.MostText + 1)));
        Assert.That(_spans!.All.Count(span => span.OperationName == "of many sources"), Is.EqualTo(SpanRecorder.MostSources - 1));
        Assert.That(await Host.LogOfAsync(run), Has.Some.StartsWith("WRN 102 spans of this run are not in its trace.").And.Some.StartsWith("WRN 1 spans of this run are in its trace in part."));
    }

    [Test]
    public async Task ASecret_IsNotOnASpan()
    {
        Listen(Tracing.Heard);
        var run = await RunAsync("secret", new JsonObject { ["password"] = "123456" });

        var span = Of(run).Single(span => span.Source.Name == Tracing.Heard);
        Assert.That((span.OperationName, span.DisplayName, span.GetTagItem("pin")), Is.EqualTo(("open ***", "open ***", "***")));
    }

    [Test]
    public async Task WhatHadEnded_IsThere_WhenTheWorkerDies()
    {
        Listen(Tracing.Heard);
        var run = await RunAsync("die");

        Assert.That((run.Error!.Type, The("before its death").ParentSpanId), Is.EqualTo((WorkerException.Died, _spans!.Of(run).SpanId)));
    }

    private void Listen(params string[] sources) => Listen(name => sources.Contains(name));

    private void Listen(Func<string, bool> isHeard) => _spans = new Spans(source => source == PluginHostTelemetry.ActivitySourceName || isHeard(source));

    private async Task<RunInfo> RunAsync(string what, JsonObject? parameters = null) => await EndedAsync(await StartAsync(what, parameters));

    private Task<RunInfo> StartAsync(string what, JsonObject? parameters = null)
    {
        if (Host.Live.Current.Plugins.Count == 0)
        {
            Host.Deploy(typeof(Tracing));
        }

        (parameters ??= [])["what"] = what;
        return Host.StartAsync("Tracing", new RunRequest { Parameters = parameters });
    }

    private async Task<RunInfo> EndedAsync(RunInfo run)
    {
        var ended = await Host.EndOfAsync(run);
        await _spans!.UntilEndedAsync(ended.TraceParent);
        return ended;
    }

    private Activity The(string name) => _spans!.All.Single(span => span.OperationName == name);

    private IEnumerable<Activity> Of(RunInfo run) => _spans!.All.Where(span => span.TraceId == _spans.Of(run).TraceId);
}
