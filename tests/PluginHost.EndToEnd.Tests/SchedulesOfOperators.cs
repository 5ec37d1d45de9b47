using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>An operator sets schedules by the API, and commits go on coming.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class SchedulesOfOperators : HostTestBase
{
    private const string Nightly = "api/v1/scripts/A.Work/schedules/nightly";

    [Test]
    public async Task AVersionThatASetScheduleDoesNotFit_IsRefused_AndLiveOnceTheScheduleIsTakenBack()
    {
        Repository.AddPlugin("A", "context.SetResult(Days);", "[Schedule(\"0 0 13 * FRI\")]", "[Parameter] public int Days { get; init; } = 1;").Commit("First");
        await using var host = await StartAsync();
        var deployed = (await host.GetAsync("api/v1/deployments"))["items"]![0]!["plugins"]![0]!;
        Assert.That(deployed["warnings"]![0]!["message"]!.ToString(), Does.Contain("a day has to match both"));
        Assert.That(deployed["warnings"]![0]!["file"]!.ToString(), Is.EqualTo("plugins/A/Work.cs"));
        Assert.That(deployed["schedules"]![0]!["script"]!.ToString(), Is.EqualTo("A.Work"));

        using (var set = await host.Api.PutAsJsonAsync(Nightly, new { cron = "0 3 * * *", timeZone = "Europe/Berlin", parameters = new { days = 7 } }))
        {
            Assert.That(set.StatusCode, Is.EqualTo(HttpStatusCode.OK), await set.Content.ReadAsStringAsync());
        }

        using (var wrong = await host.Api.PutAsJsonAsync(Nightly, new { cron = "61 * * * *", parameters = new { days = "many" } }))
        {
            var errors = JsonNode.Parse(await wrong.Content.ReadAsStringAsync())!["errors"]!.AsObject();
            Assert.That(wrong.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(errors.Select(error => error.Key), Is.EquivalentTo(new[] { "cron", "parameters.Days" }));
        }

        Repository.Replace("plugins/A/Work.cs", "Days", "Weeks").Commit("Rename the parameter");
        Assert.That((await host.SyncAsync())["state"]!.ToString(), Is.Not.EqualTo("succeeded"));
        var plugin = await host.GetAsync("api/v1/plugins/A");
        Assert.That(plugin["problem"]!["stage"]!.ToString(), Is.EqualTo("schedule"));
        Assert.That(plugin["problem"]!["message"]!.ToString(), Does.Contain("schedule 'nightly'").And.Contain("Days"));
        Assert.That((await host.RunAsync("A.Work", new { Days = 2 }))["result"]!.GetValue<int>(), Is.EqualTo(2), "the last good version goes on");

        using (var removed = await host.Api.DeleteAsync(Nightly))
        {
            Assert.That(removed.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        }

        Assert.That((await host.SyncAsync())["state"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That((await host.RunAsync("A.Work", new { Weeks = 3 }))["result"]!.GetValue<int>(), Is.EqualTo(3));
    }

    [Test]
    public async Task WhatIsSet_IsThereAfterARestart()
    {
        Repository.AddPlugin("A").Commit("First");
        await using (var host = await StartAsync())
        {
            using var set = await host.Api.PutAsJsonAsync(Nightly, new { cron = "0 3 * * *" });
            Assert.That(set.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            await host.KillAsync();
        }

        await using var next = await StartAsync();

        var schedule = (await next.GetAsync("api/v1/scripts/A.Work/schedules"))["items"]!.AsArray().Single()!;
        Assert.That((schedule["id"]!.ToString(), schedule["origin"]!.ToString(), schedule["next"]!.AsArray().Count), Is.EqualTo(("nightly", "added", 5)));
    }
}
