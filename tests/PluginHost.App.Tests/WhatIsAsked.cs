using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace PluginHost.App.Tests;

/// <summary>What a command asks of the host, and how it shows the answer.</summary>
public sealed class WhatIsAsked
{
    [Test]
    public async Task TheKey_IsSentAsABearer()
    {
        var sent = "";
        await using var server = await FakeServer.StartAsync(new()
        {
            ["GET /api/v1/status"] = context =>
            {
                sent = context.Request.Headers.Authorization.ToString();
                return FakeServer.Json(FakeServer.Status)(context);
            },
        });

        await server.RunAsync("status", "--key", "secret");

        Assert.That(sent, Is.EqualTo("Bearer secret"));
    }

    [Test]
    public async Task WithJson_TheAnswerIsPrintedAsItCame()
    {
        const string answer = """{ "items": [], "next": null,  "future": [1] }""";
        await using var server = await FakeServer.StartAsync(new() { ["GET /api/v1/plugins"] = FakeServer.Text(answer) });

        var outcome = await server.RunAsync("plugins", "--json");

        Assert.That(outcome, Is.EqualTo(new Outcome(0, answer + Environment.NewLine, "")));
    }

    [Test]
    public async Task WhyLoaded_AsksForTheVersionThatHasStayedLongest_AndShowsWhatHoldsIt()
    {
        var noon = new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
        await using var server = await FakeServer.StartAsync(new()
        {
            ["GET /api/v1/plugins/Reports"] = FakeServer.Json(new PluginInfo(
                "Reports", "default", "plugins/Reports/Reports.csproj", PluginState.Live, null, null, null, [], [new("newer-2", noon.AddHours(1), ""), new("older-1", noon, "")])),
            ["POST /api/v1/plugins/Reports/leaks/older-1/roots"] = FakeServer.Json(new LeakExplanation(
                "Reports", "older-1", noon, 250, [new(LeakRootKind.Handle, null, "A GC handle", "Free it.", ["Shop.Job"])])),
        });

        var outcome = await server.RunAsync("why-loaded", "Reports");

        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        Assert.That(outcome.Output, Does.Contain("Version older-1 of Reports is held by:").And.Contain("- A GC handle").And.Contain("Free it.").And.Contain("→ Shop.Job"));
    }

    [TestCase("POST", true, "vm-2 takes no new runs; 3 are under way there and 1 wait.")]
    [TestCase("DELETE", false, "vm-2 takes runs.", "--undo")]
    public async Task Drain_AsksForIt_OrToUndoIt(string method, bool isDraining, string expected, params string[] options)
    {
        await using var server = await FakeServer.StartAsync(new()
        {
            [$"{method} /api/v1/nodes/vm-2/drain"] = FakeServer.Json(new NodeInfo("vm-2", true, false, "0.1.0", default, default, 0, 3, 1, []) { IsDraining = isDraining }),
        });

        var outcome = await server.RunAsync(["drain", "vm-2", .. options]);

        Assert.That(outcome.ExitCode, Is.Zero, outcome.Error);
        Assert.That(outcome.Output, Does.StartWith(expected));
    }

    [Test]
    public async Task Filters_AreSentAsTheApiNamesThem()
    {
        var query = "";
        await using var server = await FakeServer.StartAsync(new()
        {
            ["GET /api/v1/runs"] = context =>
            {
                query = context.Request.QueryString.Value;
                return FakeServer.Text("""{ "items": [], "next": null }""")(context);
            },
        });

        await server.RunAsync("runs", "--script", "A&B.Work", "--state", "timed-out", "--trigger", "catch-up", "--limit", "7", "--after", "x y");

        Assert.That(query, Is.EqualTo("?script=A%26B.Work&state=timed-out&trigger=catch-up&limit=7&after=x%20y"));
    }

    [Test]
    public async Task ARun_IsAskedForWithParametersByTheSchema_AVersionAndATime()
    {
        JsonNode? body = null;
        await using var server = await FakeServer.StartAsync(new()
        {
            ["GET /api/v1/scripts/Reports.Daily"] = FakeServer.Json(Examples.Script),
            ["POST /api/v1/scripts/Reports.Daily/runs"] = async context =>
            {
                body = await JsonNode.ParseAsync(context.Request.Body);
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                await FakeServer.Json(Examples.Run)(context);
            },
        });

        var outcome = await server.RunAsync("run-now", "Reports.Daily", "-p", "days=3", "-p", "To=3", "--version", "v1", "--at", "2026-01-31T18:30Z");

        Assert.That(body!.ToJsonString(), Is.EqualTo("""{"parameters":{"days":3,"To":"3"},"version":"v1","startAt":"2026-01-31T18:30:00Z"}"""));
        Assert.That(outcome.Output, Does.Contain("Run r1 of Reports.Daily has begun. Watch it: pluginhost logs r1 --follow"));
        Assert.That(outcome.ExitCode, Is.Zero);
    }

    [Test]
    public async Task ATable_IsAsWideAsItsContent_AndObeysNoControlCharacters()
    {
        var description = new string('x', 300) + "\u001b[2J";
        await using var server = await FakeServer.StartAsync(new()
        {
            ["GET /api/v1/scripts"] = FakeServer.Json(new Page<ScriptInfo>([Examples.Script with { Description = description }], "more")),
        });

        var outcome = await server.RunAsync("scripts");

        Assert.That(outcome.Output, Does.Contain(new string('x', 300) + "\uFFFD[2J"));
        Assert.That(outcome.Output.Trim().Split('\n'), Has.Length.EqualTo(2));
        Assert.That(outcome.Error, Does.Contain("--after more"));
    }

    [TestCase("nope", "Unrecognized command")]
    [TestCase("runs --state nope", "'succeeded'")]
    [TestCase("runs --limit 0", "--limit is a whole number from 1 to 500, not '0'")]
    [TestCase("run-now A --at noonish", "'noonish' is no moment")]
    [TestCase("logs", "Required argument missing")]
    public async Task AWrongCommandLine_IsNamed(string commandLine, string words)
    {
        var outcome = await Cli.RunAsync(commandLine.Split(' '));

        Assert.That(outcome.Error, Does.Contain(words));
        Assert.That(outcome.ExitCode, Is.Not.Zero);
    }

    [Test]
    public async Task TheSuggestDirective_KnowsCommandsAndTheHostsScripts()
    {
        await using var server = await FakeServer.StartAsync(new() { ["GET /api/v1/scripts"] = FakeServer.Json(new Page<ScriptInfo>([Examples.Script], null)) });
        var line = $"pause --host {server.Url} Rep";

        Assert.That((await Cli.RunAsync("[suggest:2]", "pa")).Output.Split(Environment.NewLine), Does.Contain("pause"));
        Assert.That((await Cli.RunAsync($"[suggest:{line.Length}]", line)).Output.Split(Environment.NewLine), Does.Contain("Reports.Daily"));
    }

    [TestCase("bash")]
    [TestCase("zsh")]
    [TestCase("pwsh")]
    public async Task ACompletionScript_AsksTheExecutableItself(string shell)
    {
        Assert.That((await Cli.RunAsync("completion", shell)).Output, Does.Contain("[suggest:"));
    }
}
