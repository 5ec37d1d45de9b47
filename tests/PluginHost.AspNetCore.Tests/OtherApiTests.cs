using System.Net;
using System.Text.Json.Nodes;

namespace PluginHost.AspNetCore.Tests;

public sealed class OtherApiTests
{
    private readonly FakeHost _host = new();

    [Test]
    public async Task Status_IsWhatTheHostSays()
    {
        await using var web = await WebHost.StartAsync(_host);

        var status = await web.GetAsync("api/v1/status");

        Assert.That(status["uptimeMs"]!.GetValue<int>(), Is.EqualTo(61_000));
        Assert.That(status["state"]!.ToString(), Is.EqualTo("degraded"));
        Assert.That(JsonNode.DeepEquals(status["sources"]![0], JsonNode.Parse($$"""
            { "name": "default", "url": "https://example.com/scripts.git", "branch": "main", "path": "plugins", "commit": "{{Examples.Commit}}",
              "state": "unreachable", "lastCheckedAt": "2026-01-31T12:00:00.25Z", "error": "no route", "kind": "git" }
            """)), status.ToJsonString());
    }

    [Test]
    public async Task TheHost_TellsItsBuildServers_ItsContexts_AndItsSettings()
    {
        await using var web = await WebHost.StartAsync(_host);

        var details = await web.GetAsync("api/v1/host");
        var page = await web.Client.GetStringAsync("host");

        Assert.That(JsonNode.DeepEquals(details["buildServers"], JsonNode.Parse("""
            { "state": "idle", "lastUsedAt": "2026-01-31T12:00:00.25Z", "maxBytes": 1073741824, "processes": [{ "processId": 4242, "role": "compiler", "residentBytes": 209715200 }] }
            """)), details.ToJsonString());
        Assert.That(details["contexts"]![1]!["state"]!.ToString(), Is.EqualTo("leaked"));
        Assert.That(details["settings"]![1]!.ToJsonString(), Is.EqualTo("""{"name":"PluginHost:Sources:default:WebhookSecret","value":"set","isDefault":false}"""));
        Assert.That(page, Does.Contain("4242").And.Contain("200 MiB").And.Contain("old-2").And.Contain("PluginHost:Runs:MaxConcurrent").And.Contain("1 as they are by default"));
    }

    [Test]
    public async Task APlugin_TellsItsProblem_WithFileAndLine()
    {
        await using var web = await WebHost.StartAsync(_host);

        var plugin = await web.GetAsync("api/v1/plugins/reports");

        Assert.That(JsonNode.DeepEquals(plugin["problem"], JsonNode.Parse($$"""
            { "stage": "build", "commit": "{{Examples.Commit}}", "message": "did not build",
              "diagnostics": [{ "severity": "error", "code": "CS1002", "message": "; expected", "file": "plugins/Reports/Daily.cs", "line": 12, "column": 34 }] }
            """)), plugin.ToJsonString());
        Assert.That(plugin["draining"]![0]!["activeRuns"]!.GetValue<int>(), Is.EqualTo(1));
        Assert.That(plugin["leaked"]![0]!["reason"]!.ToString(), Is.EqualTo("a timer"));
    }

    [Test]
    public async Task Versions_AreAList()
    {
        await using var web = await WebHost.StartAsync(_host);

        var versions = await web.GetAsync("api/v1/plugins/Reports/versions");

        Assert.That(versions["items"]![0]!["builtAt"]!.ToString(), Is.EqualTo("2026-01-31T12:00:00.25Z"));
        Assert.That(versions["items"]![0]!["state"]!.ToString(), Is.EqualTo("live"));
    }

    [Test]
    public async Task Deployments_AreAListWithACursor()
    {
        _host.Next = "deployment1";
        await using var web = await WebHost.StartAsync(_host);

        var list = await web.GetAsync("api/v1/deployments?limit=1&after=d9");

        Assert.That(_host.Query, Is.EqualTo(new RunQuery { Limit = 1, After = "d9" }));
        Assert.That(list["next"]!.ToString(), Is.EqualTo("deployment1"));
        Assert.That(list["items"]![0]!["plugins"]![0]!["outcome"]!.ToString(), Is.EqualTo("rejected"));
        Assert.That(list["items"]![0]!["stages"]![0]!["durationMs"]!.GetValue<int>(), Is.EqualTo(12));
    }

    [TestCase("", 60)]
    [TestCase("?wait=1.5", 1.5)]
    public async Task Sync_WaitsAsLongAsItIsTold_AndAnswersTheDeployment(string query, double seconds)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, $"api/v1/sources/default/sync{query}");

        Assert.That(_host.Limit, Is.EqualTo(TimeSpan.FromSeconds(seconds)));
        Assert.That((await answer.ReadJsonAsync())["id"]!.ToString(), Is.EqualTo("deployment1"));
    }

    [Test]
    public async Task Sync_PassesOnWhichCommitToAccept_AndRefusesWhatIsNone()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, "api/v1/sources/default/sync?accept=3f2A9c1");
        Assert.That(_host.Accepted, Is.EqualTo("3f2A9c1"));

        using var wrong = await web.SendAsync(HttpMethod.Post, "api/v1/sources/default/sync?accept=main");
        Assert.That(await wrong.ReadProblemAsync(400), Is.EqualTo("'main' is no commit. It is written as at least the first 7 of its 40 digits."));
    }

    [TestCase(HostState.Starting, HttpStatusCode.ServiceUnavailable)]
    [TestCase(HostState.Degraded, HttpStatusCode.OK)]
    [TestCase(HostState.Healthy, HttpStatusCode.OK)]
    public async Task Ready_IsWhenTheFirstLoadHasEnded(HostState state, HttpStatusCode expected)
    {
        _host.Status = Examples.Status(state);
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, "health/ready");

        Assert.That(answer.StatusCode, Is.EqualTo(expected));
        Assert.That((await answer.ReadJsonAsync())["status"]!.ToString(), Is.EqualTo(state.ToString().ToLowerInvariant()));
    }

    [Test]
    public async Task Live_IsAlways()
    {
        _host.Failure = new InvalidOperationException();
        await using var web = await WebHost.StartAsync(_host);

        Assert.That((await web.GetAsync("health/live"))["status"]!.ToString(), Is.EqualTo("live"));
    }

    [Test]
    public async Task Metrics_ArePrometheusText()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, "metrics");

        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/plain"));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("# TYPE process_working_set_bytes gauge"));
    }

    [Test]
    public async Task Head_IsAnsweredAsGet_WithoutTheBody(
        [Values("", "scripts/Reports.Daily", "runs/run1", "host", "assets/app.js", "health/live", "health/ready", "metrics", "openapi/v1.json", "nothing")] string path)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var get = await web.SendAsync(HttpMethod.Get, path);
        using var head = await web.SendAsync(HttpMethod.Head, path);

        Assert.That(head.StatusCode, Is.EqualTo(get.StatusCode));
        Assert.That(head.Content.Headers.ContentType, Is.EqualTo(get.Content.Headers.ContentType));
        Assert.That(await head.Content.ReadAsStringAsync(), Is.Empty);
    }

    [Test]
    public async Task Head_OfAStream_IsNotAnsweredAsAStream()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var head = await web.SendAsync(HttpMethod.Head, "api/v1/events");

        Assert.That(head.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }
}
