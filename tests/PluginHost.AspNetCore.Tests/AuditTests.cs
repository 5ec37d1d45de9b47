using System.Net;

namespace PluginHost.AspNetCore.Tests;

/// <summary>Who did what is written down.</summary>
public sealed class AuditTests
{
    private const string Start = "api/v1/scripts/Reports.Daily/runs";

    private readonly FakeHost _host = new();

    [Test]
    public async Task AChange_IsWrittenBeforeItIsDone_AndThenWhatBecameOfIt()
    {
        var startedBefore = true;
        _host.Audit.Recording = () => startedBefore = _host.Request is not null;
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync(Start, "{}");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(startedBefore, Is.False);
        Assert.That(_host.Audit.Lines, Is.EqualTo(new[] { "nobody RunStart Reports.Daily: Done" }));
        Assert.That(_host.Audit.Entries[0].From, Is.EqualTo("127.0.0.1"));
    }

    [Test]
    public async Task WhatCannotBeWritten_IsNotDone()
    {
        _host.Audit.Failure = new IOException("The disk is full.");
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync(Start, "{}");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(_host.Request, Is.Null);
    }

    [Test]
    public async Task WhatWasDone_IsAnsweredSo_AlsoWhenThatCannotBeWritten()
    {
        _host.Audit.SettlingFails = new IOException("The disk is full.");
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync(Start, "{}");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(_host.Audit.Lines, Is.EqualTo(new[] { "nobody RunStart Reports.Daily: Asked" }));
    }

    [Test]
    public async Task WhatIsRefused_IsWrittenWithItsReason()
    {
        _host.Failure = new ConflictException("It is broken.");
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync(Start, "{}");

        Assert.That(_host.Audit.Lines, Is.EqualTo(new[] { "nobody RunStart Reports.Daily: Refused It is broken." }));
    }

    [Test]
    public async Task WrongParameters_AreNamed_ButTheirValuesAreNotWritten()
    {
        _host.Failure = new InvalidParametersException("Reports.Daily", new Dictionary<string, string[]> { ["Password"] = ["'hunter2' is too short."] });
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync(Start, "{}");

        Assert.That(_host.Audit.Lines, Is.EqualTo(new[] { "nobody RunStart Reports.Daily: Refused Parameters are wrong: Password." }));
    }

    [Test]
    public async Task AFailureOfTheHost_IsWrittenAsOne()
    {
        _host.Failure = new IOException("The disk is full.");
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync(Start, "{}");

        Assert.That(_host.Audit.Lines, Is.EqualTo(new[] { "nobody RunStart Reports.Daily: Failed The disk is full." }));
    }

    [TestCase("PUT", "api/v1/scripts/Reports.Daily/schedules/month-end", "ScheduleSet Reports.Daily month-end: Done")]
    [TestCase("DELETE", "api/v1/scripts/Reports.Daily/schedules/1a2b3c4d", "ScheduleReset Reports.Daily 1a2b3c4d: Done")]
    [TestCase("POST", "api/v1/sources/default/sync?accept=3f2a9c1", "SourceSync default 3f2a9c1: Done")]
    [TestCase("DELETE", "api/v1/scripts/Reports.Daily/state?key=count", "StateRemove Reports.Daily count: Done")]
    [TestCase("POST", "api/v1/runs/run1/cancel", "RunCancel run1: Done")]
    [TestCase("POST", "api/v1/runs/run1/rerun", "RunRerun run1: Done")]
    [TestCase("POST", "api/v1/plugins/Reports/rollback", "PluginRollback Reports: Done")]
    [TestCase("POST", "api/v1/plugins/Reports/leaks/old-2/roots", "LeakExplain Reports old-2: Done")]
    [TestCase("DELETE", "api/v1/plugins/Reports/pin", "PluginUnpin Reports: Done")]
    [TestCase("POST", "api/v1/nodes/vm-1/drain", "NodeDrain vm-1: Done")]
    [TestCase("DELETE", "api/v1/nodes/vm-1/drain", "NodeUndrain vm-1: Done")]
    [TestCase("POST", "api/v1/sources/default/sync", "SourceSync default: Done")]
    [TestCase("POST", "api/v1/scripts/Reports.Daily/pause", "ScriptPause Reports.Daily: Done")]
    [TestCase("POST", "api/v1/scripts/Reports.Daily/resume", "ScriptResume Reports.Daily: Done")]
    public async Task EachChange_SaysToWhat(string method, string path, string expected)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(new HttpMethod(method), path, method == "PUT" ? new StringContent("""{ "cron": "0 6 * * *" }""", null, "application/json") : null);

        Assert.That(_host.Audit.Lines, Is.EqualTo(new[] { $"nobody {expected}" }));
    }

    [Test]
    public async Task Looking_IsNotWritten()
    {
        await using var web = await WebHost.StartAsync(_host);

        await web.GetAsync("api/v1/runs");

        Assert.That(_host.Audit.Entries, Is.Empty);
    }

    [Test]
    public async Task TheList_IsAsTheOthers()
    {
        _host.Audit.Next = "7";
        await using var web = await WebHost.StartAsync(_host);
        using var paused = await web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/pause");

        var list = await web.GetAsync("api/v1/audit?who=ada&action=script-pause&limit=3&after=9");

        Assert.That(_host.Audit.Query, Is.EqualTo(new AuditQuery { Who = "ada", Action = AuditAction.ScriptPause, Limit = 3, After = "9" }));
        Assert.That(list["next"]!.ToString(), Is.EqualTo("7"));
        Assert.That(list["items"]![0]!.ToJsonString(), Is.EqualTo(
            """{"id":"0","at":"2026-01-31T12:00:00.25Z","who":null,"from":"127.0.0.1","action":"script-pause","target":"Reports.Daily","outcome":"done","reason":null}"""));
    }
}
