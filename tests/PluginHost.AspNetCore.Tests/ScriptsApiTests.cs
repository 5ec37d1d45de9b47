using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace PluginHost.AspNetCore.Tests;

public sealed class ScriptsApiTests
{
    private readonly FakeHost _host = new();

    [Test]
    public async Task AScript_IsCamelCase_ItsTimesAreUtc_AndItsEnumsAreKebab()
    {
        await using var web = await WebHost.StartAsync(_host);

        var script = await web.GetAsync("api/v1/scripts/reports.daily");

        Assert.That(JsonNode.DeepEquals(script["live"], JsonNode.Parse($$"""{ "version": "0123456-89abcde", "commit": "{{Examples.Commit}}", "since": "2026-01-31T12:00:00.25Z" }""")));
        Assert.That(JsonNode.DeepEquals(script["schedules"], JsonNode.Parse(
            """
            [{
              "id": "1a2b3c4d", "origin": "override", "cron": "0 6 * * *", "timeZone": "Europe/Berlin", "overlap": "cancel-previous", "catchUp": "latest",
              "catchUpWindowMs": 3600000, "delayMs": 250, "from": "2026-01-31T12:00:00.25Z", "until": null, "parameters": { "Days": 7 }, "disabled": false,
              "code": { "cron": "0 5 * * *", "timeZone": "UTC" },
              "set": {
                "cron": "0 6 * * *", "timeZone": null, "overlap": null, "catchUp": null, "catchUpWindow": null, "jitter": null, "from": null, "until": null,
                "parameters": { "Days": 7 }, "disabled": false, "requestedBy": "ada"
              },
              "inactive": null, "setBy": "ada", "setAt": "2026-01-31T12:00:00.25Z", "next": ["2026-01-31T12:00:00.25Z", "2026-02-01T12:00:00.25Z"]
            }]
            """)), script["schedules"]!.ToJsonString());
        Assert.That(script["parameters"]!["properties"]!["Days"]!["type"]!.ToString(), Is.EqualTo("integer"));
        Assert.That(script["state"]!.ToString(), Is.EqualTo("ready"));
        Assert.That(script["runAfter"]!.ToJsonString(), Is.EqualTo("""[{"script":"Reports.Fetch","on":"any"}]"""));
        Assert.That((script["isolation"]!.ToString(), script["isolationNote"]!.ToString()), Is.EqualTo(("process", "PluginHost:Isolation:MaxCpus is not enforced, because …")));
    }

    [Test]
    public async Task TheList_IsCutIntoPages()
    {
        _host.Next = "Reports.Daily";
        await using var web = await WebHost.StartAsync(_host);

        var list = await web.GetAsync("api/v1/scripts?limit=1&after=Orders.Sum");

        Assert.That((_host.Query!.Limit, _host.Query.After, list["next"]!.ToString()), Is.EqualTo((1, "Orders.Sum", "Reports.Daily")));
        await web.GetAsync("api/v1/scripts?after=");
        Assert.That((_host.Query.Limit, _host.Query.After), Is.EqualTo((50, (string?)null)));
    }

    [Test]
    public async Task TheList_IsReadAnewWhenSomethingHasChanged_AndForAnotherPageOfIt()
    {
        await using var web = await WebHost.StartAsync(_host, app => app.MapPluginHost(), services => services.AddSingleton<TimeProvider>(new FakeTimeProvider()));
        await web.GetAsync("api/v1/scripts");
        _host.Scripts.Clear();

        Assert.That((await web.GetAsync("api/v1/scripts"))["items"]!.AsArray(), Has.Count.EqualTo(1), "nothing was said to have changed, so it was not read again");
        Assert.That((await web.GetAsync("api/v1/scripts?limit=50&after=&x=1"))["items"]!.AsArray(), Has.Count.EqualTo(1), "it asks for the same");
        Assert.That((await web.GetAsync("api/v1/scripts?limit=20"))["items"]!.AsArray(), Is.Empty);
        _host.Revision++;
        Assert.That((await web.GetAsync("api/v1/scripts"))["items"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task TheList_HasItems_AndNoNext()
    {
        await using var web = await WebHost.StartAsync(_host);

        var list = (await web.GetAsync("api/v1/scripts")).AsObject();

        Assert.That(list.Select(property => property.Key), Is.EqualTo(new[] { "items", "next" }));
        Assert.That(list["items"]![0]!["id"]!.ToString(), Is.EqualTo("Reports.Daily"));
        Assert.That(list["next"], Is.Null);
    }

    [Test]
    public async Task Pausing_AnswersTheScript()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/pause");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await answer.ReadJsonAsync())["state"]!.ToString(), Is.EqualTo("paused"));
    }

    [Test]
    public async Task AScriptInQuarantine_SaysWhy_AndIsAllowed()
    {
        _host.Scripts[0] = Examples.Script() with { State = ScriptState.Broken, Quarantine = new QuarantineInfo(Examples.Noon, 2, "The host died 2 times.") };
        await using var web = await WebHost.StartAsync(_host);

        var script = await web.GetAsync("api/v1/scripts/Reports.Daily");
        using var answer = await web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/allow");

        Assert.That(JsonNode.DeepEquals(script["quarantine"], JsonNode.Parse("""{ "since": "2026-01-31T12:00:00.25Z", "crashes": 2, "reason": "The host died 2 times." }""")), script.ToJsonString());
        Assert.That(await web.Client.GetStringAsync(new Uri("scripts/Reports.Daily", UriKind.Relative)), Does.Contain("In quarantine").And.Contain("The host died 2 times.").And.Contain("/allow"));
        Assert.That((answer.StatusCode, _host.Allowed), Is.EqualTo((HttpStatusCode.OK, "Reports.Daily")));
    }

    [Test]
    public async Task SafeMode_IsLeft()
    {
        _host.Status = Examples.Status() with { SafeMode = true };
        await using var web = await WebHost.StartAsync(_host);
        Assert.That((await web.GetAsync("api/v1/status"))["safeMode"]!.GetValue<bool>());

        using var answer = await web.SendAsync(HttpMethod.Delete, "api/v1/safe-mode");

        Assert.That((await answer.ReadJsonAsync())["safeMode"]!.GetValue<bool>(), Is.False);
    }

    [Test]
    public async Task StartingARun_PassesItOn_AndAnswersAtOnce()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync(
            "api/v1/scripts/Reports.Daily/runs", """{ "parameters": { "Days": 7 }, "version": "v1" }""", ("Idempotency-Key", "key 1"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(answer.Headers.Location!.ToString(), Is.EqualTo("/api/v1/runs/run1"));
        Assert.That((await answer.ReadJsonAsync())["state"]!.ToString(), Is.EqualTo("queued"));
        Assert.Multiple(() =>
        {
            Assert.That(_host.Request!.Parameters!["Days"]!.GetValue<int>(), Is.EqualTo(7));
            Assert.That(_host.Request.Version, Is.EqualTo("v1"));
            Assert.That(_host.Request.IdempotencyKey, Is.EqualTo("key 1"));
            Assert.That(_host.Request.RequestedBy, Is.Null);
            Assert.That(_host.Limit, Is.Null);
        });
    }

    [Test]
    public async Task StartingARun_NeedsNoBody()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/runs");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(_host.Request, Is.EqualTo(new RunRequest()));
    }

    [TestCase(RunState.Succeeded, HttpStatusCode.OK)]
    [TestCase(RunState.Running, HttpStatusCode.Accepted)]
    public async Task Waiting_AnswersTheRunAsItIsThen_And200OnlyWhenItHasEnded(RunState state, HttpStatusCode expected)
    {
        _host.Runs[0] = Examples.Run(state: state);
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/runs?wait=30");

        Assert.That(answer.StatusCode, Is.EqualTo(expected));
        Assert.That(_host.Limit, Is.EqualTo(TimeSpan.FromSeconds(30)));
        Assert.That(answer.Headers.Location!.ToString(), Is.EqualTo("/api/v1/runs/run1"));
    }

    [Test]
    public async Task WrongParameters_AreAllNamed()
    {
        _host.Failure = new InvalidParametersException("Reports.Daily", new Dictionary<string, string[]> { ["Days"] = ["Days must be at least 1."], ["To"] = ["To is required."] });
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync("api/v1/scripts/Reports.Daily/runs", "{}");

        Assert.That(await answer.ReadProblemAsync(400), Does.Contain("Days must be at least 1. To is required."));
        Assert.That((await answer.ReadJsonAsync())["errors"]!["Days"]![0]!.ToString(), Is.EqualTo("Days must be at least 1."));
    }

    [Test]
    public async Task AScriptThatCannotRunNow_IsAConflict()
    {
        _host.Failure = new ConflictException("It was replaced just now. Try again.");
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/runs");

        Assert.That(await answer.ReadProblemAsync(409), Is.EqualTo("It was replaced just now. Try again."));
    }

    [Test]
    public async Task TheStateOfAScript_IsListed_AndOneValueRemoved()
    {
        await using var web = await WebHost.StartAsync(_host);

        var list = await web.GetAsync("api/v1/scripts/Reports.Daily/state");
        using var removed = await web.Client.DeleteAsync(new Uri("api/v1/scripts/Reports.Daily/state?key=pages%2Fnext", UriKind.Relative));

        Assert.That(JsonNode.DeepEquals(list["items"], JsonNode.Parse("""[{ "key": "cursor", "value": { "page": 7 }, "version": 42, "updatedAt": "2026-01-31T12:00:00.25Z" }]""")), list.ToJsonString());
        Assert.That(removed.StatusCode, Is.EqualTo(HttpStatusCode.NoContent));
        Assert.That(_host.Removed, Is.EqualTo("Reports.Daily pages/next"));
    }
}
