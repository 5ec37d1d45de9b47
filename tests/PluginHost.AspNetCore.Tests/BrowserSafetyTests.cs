using System.Net;

namespace PluginHost.AspNetCore.Tests;

/// <summary>What protects people who have a page open.</summary>
public sealed class BrowserSafetyTests
{
    private const string Hostile = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>";

    private readonly FakeHost _host = new();

    [Test]
    public async Task EveryAnswer_HasTheSecurityHeaders([Values("", "api/v1/status", "assets/app.js", "nothing", "runs/run1")] string path)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, path);

        Assert.Multiple(() =>
        {
            Assert.That(answer.Headers.GetValues("Content-Security-Policy").Single(), Does.StartWith("default-src 'none'; script-src 'self';").And.Not.Contain("unsafe"));
            Assert.That(answer.Headers.GetValues("X-Content-Type-Options").Single(), Is.EqualTo("nosniff"));
            Assert.That(answer.Headers.GetValues("Referrer-Policy").Single(), Is.EqualTo("same-origin"));
            Assert.That(answer.Headers.CacheControl!.ToString(), Is.EqualTo(path == "assets/app.js" ? "no-cache" : "no-store"));
        });
    }

    [TestCase("Sec-Fetch-Site", "cross-site", HttpStatusCode.Forbidden)]
    [TestCase("Sec-Fetch-Site", "same-site", HttpStatusCode.Forbidden)]
    [TestCase("Sec-Fetch-Site", "same-origin", HttpStatusCode.OK)]
    [TestCase("Sec-Fetch-Site", "none", HttpStatusCode.OK)]
    [TestCase("Origin", "https://evil.example", HttpStatusCode.Forbidden)]
    [TestCase("Origin", "null", HttpStatusCode.Forbidden)]
    [TestCase("User-Agent", "curl", HttpStatusCode.OK)]
    public async Task AChange_IsTakenFromOurOwnPagesAndFromPrograms_NotFromOtherSites(string header, string value, HttpStatusCode expected)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/pause", null, (header, value));

        Assert.That(answer.StatusCode, Is.EqualTo(expected));
    }

    [Test]
    public async Task AChange_IsTakenFromOurOwnOrigin()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(
            HttpMethod.Post, "api/v1/scripts/Reports.Daily/pause", null, ("Origin", web.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task WhatOthersWrote_IsEncoded_OnEveryPage(
        [Values("", "scripts/{0}", "runs", "runs/{0}", "deployments", "deployments/{0}", "plugins/{0}", "plugins/{0}/versions/{0}", "scripts/{0}/source", "host", "audit", "scripts/other{0}")] string path)
    {
        _host.Audit.Entries.Add(new AuditInfo { Id = Hostile, At = Examples.Noon, Who = Hostile, From = Hostile, Action = AuditAction.RunStart, Target = Hostile, Outcome = AuditOutcome.Refused, Reason = Hostile });
        var run = Examples.Run(Hostile) with { Script = Hostile, Plugin = Hostile, Version = Hostile, RequestedBy = Hostile, Trigger = RunTrigger.Manual, Result = Hostile, Error = new RunError(Hostile, Hostile, Hostile), Progress = new RunProgress(0.5, Hostile) };
        _host.Runs[0] = run;
        _host.Scripts[0] = Examples.Script(Hostile, Hostile) with
        {
            Plugin = Hostile, Tags = [Hostile], LastRun = run,
            Schedules =
            [
                Examples.Schedule with
                {
                    Id = Hostile, Cron = Hostile, TimeZone = Hostile, Code = new CodeSchedule(Hostile, Hostile), SetBy = Hostile, Parameters = Hostile,
                    Set = new ScheduleRequest { Cron = Hostile, Jitter = Hostile, Parameters = new System.Text.Json.Nodes.JsonObject { [Hostile] = Hostile } },
                },
                Examples.Schedule with { Inactive = Hostile },
            ],
            Parameters = new System.Text.Json.Nodes.JsonObject { ["properties"] = new System.Text.Json.Nodes.JsonObject { [Hostile] = new System.Text.Json.Nodes.JsonObject { ["default"] = Hostile, ["description"] = Hostile } } },
        };
        _host.Plugins[0] = Examples.Plugin(Hostile, Hostile) with { Live = Examples.Live with { Version = Hostile }, Leaked = [new LeakedVersion(Hostile, Examples.Noon, Hostile)] };
        _host.Deployments[0] = Examples.Deployment(Hostile, Hostile) with { Author = Hostile, Error = Hostile, Plugins = [new PluginOutcome(Hostile, PluginOutcomeKind.Rejected, Hostile, Hostile)
        {
            Errors = [new Diagnostic(DiagnosticSeverity.Error, Hostile, Hostile, Hostile, 1, null)], Warnings = [new Diagnostic(DiagnosticSeverity.Warning, null, Hostile, Hostile, 1, null)], Schedules = [new ScheduleForecast(Hostile, Hostile, Hostile, Hostile, null)],
        }] };
        _host.Status = Examples.Status() with { Sources = [Examples.Status().Sources[0] with { Name = Hostile, Error = Hostile, Url = Hostile }] };
        _host.Details = Examples.Details with { Contexts = [new ContextInfo(Hostile, Hostile, ContextState.Live, Examples.Noon, 1)], Settings = [new SettingInfo(Hostile, Hostile, false)] };
        _host.Source[0] = new SourceText(Hostile, Hostile, Hostile);
        _host.Changes[0] = new FileChange(Hostile, FileChangeKind.Changed, 1, 1, $"@@\n+{Hostile}\n{Hostile}", Hostile);
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, string.Format(null, path, Uri.EscapeDataString(Hostile)), null, ("Accept", "text/html"));

        var html = await answer.Content.ReadAsStringAsync();
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("text/html"));
        Assert.That(html, Does.Contain("&lt;script&gt;").And.Not.Contain("<script>").And.Not.Contain("<img"));
    }

    [Test]
    public async Task WhatDoesNotExist_IsAPageForAPerson()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, "scripts/Nope", null, ("Accept", "text/html,application/xhtml+xml"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("There is no script &#x27;Nope&#x27;.").And.Contain("<nav"));
    }

    [Test]
    public async Task AnUnchangedAsset_IsNotSentAgain()
    {
        await using var web = await WebHost.StartAsync(_host);
        using var first = await web.SendAsync(HttpMethod.Get, "assets/app.css");

        using var second = await web.SendAsync(HttpMethod.Get, "assets/app.css", null, ("If-None-Match", first.Headers.ETag!.ToString()));

        Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.NotModified));
    }
}
