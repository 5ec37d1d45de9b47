using System.Net;
using System.Text.Json.Nodes;

namespace PluginHost.AspNetCore.Tests;

public sealed class RunsApiTests
{
    private readonly FakeHost _host = new();

    [Test]
    public async Task ARun_IsWrittenWhole()
    {
        await using var web = await WebHost.StartAsync(_host);

        var run = await web.GetAsync("api/v1/runs/run1");

        var expected = JsonNode.Parse($$"""
            {
              "id": "run1", "script": "Reports.Daily", "plugin": "Reports", "version": "0123456-89abcde", "commit": "{{Examples.Commit}}", "trigger": "catch-up",
              "scheduledFor": "2026-01-31T12:00:00.25Z", "queuedAt": "2026-01-31T12:00:00.25Z", "startAt": null, "startedAt": "2026-01-31T12:00:00.25Z", "finishedAt": "2026-01-31T12:00:01.75Z",
              "durationMs": 1500, "state": "timed-out", "attempt": 1, "firstRun": null, "rerunOf": null, "causedBy": null, "exclusive": false, "rerunWhenLost": false, "isolation": "process", "parameters": { "Days": 2 }, "result": { "total": 3 },
              "error": { "type": "System.TimeoutException", "message": "too long", "stackTrace": "at X" }, "progress": { "fraction": 0.5, "message": "half" },
              "requestedBy": null, "node": "here", "nodeLabel": "gpu", "fanOut": "run1", "traceParent": "{{Examples.TraceParent}}", "traceState": "vendor=1"
            }
            """);
        Assert.That(JsonNode.DeepEquals(run, expected), run.ToJsonString());
    }

    [Test]
    public async Task TheList_IsAskedForAsTheQuerySays_AndTellsItsCursor()
    {
        _host.Next = "run1";
        await using var web = await WebHost.StartAsync(_host);

        var list = await web.GetAsync("api/v1/runs?script=Reports.Daily&state=timed-out&trigger=catch-up&fanOut=run1&limit=7&after=run9");

        Assert.That(_host.Query, Is.EqualTo(new RunQuery { Script = "Reports.Daily", State = RunState.TimedOut, Trigger = RunTrigger.CatchUp, FanOut = "run1", Limit = 7, After = "run9" }));
        Assert.That(list["next"]!.ToString(), Is.EqualTo("run1"));
    }

    [Test]
    public async Task AQueryThatSaysNothing_IsNoQuery()
    {
        await using var web = await WebHost.StartAsync(_host);

        await web.GetAsync("api/v1/runs?script=&state=&trigger=&after=");

        Assert.That(_host.Query, Is.EqualTo(new RunQuery()));
    }

    [Test]
    public async Task Cancelling_Is202()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, "api/v1/runs/run1/cancel");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That((await answer.ReadJsonAsync())["id"]!.ToString(), Is.EqualTo("run1"));
    }

    [Test]
    public async Task TheLog_IsText()
    {
        _host.WriteLog("one", "zwei – 2");
        _host.Log.Writer.Complete();
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, "api/v1/runs/run1/log");

        Assert.That(answer.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/plain; charset=utf-8"));
        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("one\nzwei – 2\n"));
        Assert.That(_host.LogAfter, Is.Zero);
    }

    [Test]
    public async Task TheLog_IsStreamed_LineByLine_UntilTheRunEnds()
    {
        await using var web = await WebHost.StartAsync(_host);
        using var answer = await web.SendAsync(HttpMethod.Get, "api/v1/runs/run1/log", null, ("Accept", "text/event-stream"), ("Last-Event-ID", "41"));
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());

        // Each line arrives before the next one is written.
        await _host.Log.Writer.WriteAsync(new RunLogLine(42, "first"));
        Assert.That(await ReadEventAsync(lines), Is.EqualTo(new[] { "data: first", "id: 42" }));
        await _host.Log.Writer.WriteAsync(new RunLogLine(43, "second"));
        Assert.That(await ReadEventAsync(lines), Is.EqualTo(new[] { "data: second", "id: 43" }));
        _host.Log.Writer.Complete();
        Assert.That(await ReadEventAsync(lines), Is.EqualTo(new[] { "event: end", "data: timed-out" }));

        Assert.That(_host.LogAfter, Is.EqualTo(41));
        Assert.That(await lines.ReadToEndAsync(), Is.Empty);
    }

    [Test]
    public async Task Events_AreWatched_BeforeConnectedIsSaid()
    {
        await using var web = await WebHost.StartAsync(_host);
        using var answer = await web.SendAsync(HttpMethod.Get, "api/v1/events");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.That(await ReadEventAsync(lines), Is.EqualTo(new[] { "event: connected", "data: connected" }));
        Assert.That(_host.Watched.Task.IsCompleted);
        await _host.Events.Writer.WriteAsync(new HostEvent(HostEventKind.Deployment, "d1"));
        Assert.That(await ReadEventAsync(lines), Is.EqualTo(new[] { "event: deployment", "data: {\"kind\":\"deployment\",\"id\":\"d1\"}" }));
    }

    private static async Task<List<string>> ReadEventAsync(StreamReader lines)
    {
        var read = new List<string>();
        while (await lines.ReadLineAsync() is { Length: > 0 } line)
        {
            read.Add(line);
        }

        return read;
    }

    [TestCase("", false)]
    [TestCase("""{ "sameVersion": true }""", true)]
    public async Task RunningAgain_Answers202_AndTheNewRun(string body, bool sameVersion)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync("api/v1/runs/run1/rerun", body);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(answer.Headers.Location!.ToString(), Is.EqualTo("/api/v1/runs/run2"));
        Assert.That((await answer.ReadJsonAsync())["rerunOf"]!.ToString(), Is.EqualTo("run1"));
        Assert.That(_host.Rerun, Is.EqualTo(new RerunRequest { SameVersion = sameVersion }));
    }

    [Test]
    public async Task ARunForLater_IsAskedForSo()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync("api/v1/scripts/Reports.Daily/runs", """{ "startAt": "2026-02-01T06:00:00+01:00" }""");

        Assert.That(_host.Request!.StartAt, Is.EqualTo(new DateTimeOffset(2026, 2, 1, 5, 0, 0, TimeSpan.Zero)));
    }
}
