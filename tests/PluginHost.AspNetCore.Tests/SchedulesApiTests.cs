using System.Net;
using System.Text.Json.Nodes;

namespace PluginHost.AspNetCore.Tests;

public sealed class SchedulesApiTests
{
    private const string One = "api/v1/scripts/Reports.Daily/schedules/nightly";

    private readonly FakeHost _host = new();

    [Test]
    public async Task TheSchedulesOfAScript_AreAList()
    {
        await using var web = await WebHost.StartAsync(_host);

        var list = await web.GetAsync("api/v1/scripts/Reports.Daily/schedules");

        Assert.That(list["items"]![0]!["id"]!.ToString(), Is.EqualTo("1a2b3c4d"));
        Assert.That(list["next"], Is.Null);
    }

    [Test]
    public async Task SettingOne_PassesAllOfItOn()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await PutAsync(web, """
            {
              "cron": "0 6 * * *", "timeZone": "Europe/Berlin", "overlap": "cancel-previous", "catchUp": "all", "catchUpWindow": "2h", "jitter": "5m",
              "from": "2026-01-01", "until": "2026-12-31T18:00", "parameters": { "Days": 7 }, "disabled": true
            }
            """);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await answer.ReadJsonAsync())["origin"]!.ToString(), Is.EqualTo("override"));
        var (script, schedule, request) = _host.Set!.Value;
        Assert.That((script, schedule), Is.EqualTo(("Reports.Daily", "nightly")));
        Assert.That(request.Parameters!.ToJsonString(), Is.EqualTo("""{"Days":7}"""));
        Assert.That(request with { Parameters = null }, Is.EqualTo(new ScheduleRequest
        {
            Cron = "0 6 * * *", TimeZone = "Europe/Berlin", Overlap = OverlapPolicy.CancelPrevious, CatchUp = CatchUpPolicy.All, CatchUpWindow = "2h", Jitter = "5m",
            From = "2026-01-01", Until = "2026-12-31T18:00", Disabled = true,
        }));
    }

    [TestCase("""{ "overlap": "sometimes" }""", "overlap", "'overlap' is one of: skip, queue, queue-all, cancel-previous, allow.")]
    [TestCase("""{ "catchUp": [] }""", "catchUp", "'catchUp' is one of: none, latest, all.")]
    [TestCase("""{ "cron": 5 }""", "cron", "'cron' is a text.")]
    [TestCase("""{ "parameters": [] }""", "parameters", "'parameters' is an object with a value for each parameter by name.")]
    [TestCase("""{ "disabled": "yes" }""", "disabled", "'disabled' is true or false.")]
    [TestCase("""{ "crom": "0 6 * * *" }""", "crom", "A schedule has no 'crom'. It has cron, timeZone, overlap")]
    public async Task AFieldThatCannotBeRead_IsNamed(string body, string field, string expected)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await PutAsync(web, body);

        Assert.That(await answer.ReadProblemAsync(400), Does.Contain(expected));
        Assert.That((await answer.ReadJsonAsync())["errors"]![field]![0]!.ToString(), Does.StartWith(expected));
        Assert.That(_host.Set, Is.Null);
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("""{ "cron": "a", "cron": "b" }""")]
    public async Task ABodyThatIsNotWhatIsExpected_Is400(string body)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await PutAsync(web, body);

        await answer.ReadProblemAsync(400);
        Assert.That(_host.Set, Is.Null);
    }

    [Test]
    public async Task WhatTheHostRefuses_IsAllNamed()
    {
        _host.Failure = new InvalidScheduleException(new Dictionary<string, string[]> { ["cron"] = ["The expression is empty."], ["parameters.Days"] = ["'Days' is missing."] });
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await PutAsync(web, "{}");

        Assert.That(await answer.ReadProblemAsync(400), Is.EqualTo("The schedule was not taken: The expression is empty. 'Days' is missing."));
        Assert.That((await answer.ReadJsonAsync())["errors"]!["parameters.Days"]![0]!.ToString(), Is.EqualTo("'Days' is missing."));
    }

    [TestCase("1a2b3c4d", HttpStatusCode.OK)]
    [TestCase("nothing", HttpStatusCode.NotFound)]
    public async Task TakingOneBack_AnswersWhatIsLeft_Or404(string schedule, HttpStatusCode expected)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Delete, $"api/v1/scripts/Reports.Daily/schedules/{schedule}");

        Assert.That(answer.StatusCode, Is.EqualTo(expected));
    }

    [TestCase("PUT")]
    [TestCase("DELETE")]
    public async Task AChange_IsNotTakenFromOtherSites(string method)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(new HttpMethod(method), One, Json("{}"), ("Sec-Fetch-Site", "cross-site"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(_host.Set, Is.Null);
    }

    [Test]
    public async Task APreview_SaysWhatAnExpressionMeans()
    {
        await using var web = await WebHost.StartAsync(_host);

        var preview = await web.GetAsync("api/v1/schedules/preview?cron=0+6+*+*+*&timeZone=Europe/Berlin&script=Reports.Daily");

        Assert.That(JsonNode.DeepEquals(preview, JsonNode.Parse(
            """{ "cron": "0 6 * * *", "timeZone": "Europe/Berlin", "next": ["2026-01-31T12:00:00.25Z"], "warnings": ["for Reports.Daily"] }""")), preview.ToJsonString());
    }

    private static Task<HttpResponseMessage> PutAsync(WebHost web, string body) => web.SendAsync(HttpMethod.Put, One, Json(body));

    private static StringContent Json(string body) => new(body, null, "application/json");
}
