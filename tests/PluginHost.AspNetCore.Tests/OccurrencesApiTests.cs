using System.Text.Json.Nodes;

namespace PluginHost.AspNetCore.Tests;

public sealed class OccurrencesApiTests
{
    private readonly FakeHost _host = new();

    [Test]
    public async Task AnOccurrence_IsWrittenWhole()
    {
        await using var web = await WebHost.StartAsync(_host);

        var list = await web.GetAsync("api/v1/occurrences");

        var expected = JsonNode.Parse("""
            {
              "script": "Reports.Daily", "schedule": "0 12 * * *|UTC", "due": "2026-01-31T12:00:00.25Z", "until": "2026-02-02T12:00:00.25Z", "count": 3,
              "outcome": "skipped-overlap", "lateByMs": null, "runId": null, "reason": "run run1 was still going"
            }
            """);
        Assert.That(JsonNode.DeepEquals(list["items"]![0], expected), list.ToJsonString());
        Assert.That(_host.Occurrences, Is.EqualTo(new OccurrenceQuery()));
    }

    [Test]
    public async Task TheList_IsAskedForAsTheQuerySays()
    {
        await using var web = await WebHost.StartAsync(_host);

        await web.GetAsync("api/v1/occurrences?script=Reports.Daily&from=2026-01-31T12:00:00%2B01:00&to=2026-02-01&outcome=caught-up&limit=7&after=5.9");

        Assert.That(_host.Occurrences, Is.EqualTo(new OccurrenceQuery
        {
            Script = "Reports.Daily", From = new DateTimeOffset(2026, 1, 31, 11, 0, 0, TimeSpan.Zero), To = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero),
            Outcome = OccurrenceOutcome.CaughtUp, Limit = 7, After = "5.9",
        }));
    }

    [Test]
    public async Task TheCalendar_IsAskedForAsTheQuerySays()
    {
        await using var web = await WebHost.StartAsync(_host);

        var calendar = await web.GetAsync("api/v1/scripts/Reports.Daily/calendar?from=2026-01-01&timeZone=Europe/Berlin");

        Assert.That(JsonNode.DeepEquals(calendar, JsonNode.Parse("""{ "items": [ { "day": "2026-01-01", "counts": { "skipped-overlap": 2 } } ], "next": null }""")), calendar.ToJsonString());
        Assert.That(_host.Calendar, Is.EqualTo(("Reports.Daily", new DateOnly(2026, 1, 1), "Europe/Berlin")));
    }

    [TestCase("from=yesterday", "'yesterday' is no day")]
    [TestCase("", "from")]
    public async Task ACalendarWithoutADay_IsRefused(string query, string title)
    {
        await using var web = await WebHost.StartAsync(_host);

        var response = await web.SendAsync(HttpMethod.Get, $"api/v1/scripts/Reports.Daily/calendar?{query}");

        Assert.That((int)response.StatusCode, Is.EqualTo(400));
        Assert.That((string?)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["title"], Does.Contain(title));
    }
}
