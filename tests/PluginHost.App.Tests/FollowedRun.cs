using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using PluginHost.App.Client;

namespace PluginHost.App.Tests;

/// <summary>A run's log is followed to its end.</summary>
public sealed class FollowedRun
{
    [TestCase(RunState.Succeeded, "succeeded", 0)]
    [TestCase(RunState.Failed, "failed", 1)]
    [TestCase(RunState.TimedOut, "took longer than its time limit", 1)]
    public async Task ItsEnd_IsSaid_AndIsTheExitCode(RunState state, string words, int exitCode)
    {
        await using var server = await ServerAsync(state, async context =>
        {
            await WriteAsync(context, "id: 1\ndata: one\n\n");
            await EndAsync(context, state);
        });

        var outcome = await server.RunAsync("logs", "r1", "--follow");

        Assert.That(outcome.Output, Does.StartWith("one").And.Contain($"Run r1 of Reports.Daily {words}"));
        Assert.That(outcome.ExitCode, Is.EqualTo(exitCode));
    }

    [Test]
    public async Task AConnectionThatBreaks_IsMadeAgain_AndNoLineIsLostOrDoubled()
    {
        string[] lines = ["one", "two", "three"];
        var asked = 0;
        await using var server = await ServerAsync(RunState.Succeeded, async context =>
        {
            var after = int.Parse($"0{context.Request.Headers["Last-Event-ID"]}", CultureInfo.InvariantCulture);
            switch (++asked)
            {
                // Cut off: what was under way may have come or not.
                case 1:
                    await WriteAsync(context, Lines(lines[..2], after));
                    context.Abort();
                    break;

                // The reverse proxy answers while the host starts again.
                case 2:
                    context.Response.StatusCode = StatusCodes.Status502BadGateway;
                    break;

                // The host stops in order.
                case 3:
                    await WriteAsync(context, Lines(lines, after));
                    break;
                default:
                    await WriteAsync(context, Lines(lines, after));
                    await EndAsync(context, RunState.Succeeded);
                    break;
            }
        });

        var outcome = await server.RunAsync("logs", "r1", "--follow");

        Assert.That(outcome.Output.Split(Environment.NewLine)[..4], Is.EqualTo(new[] { "one", "two", "three", "Run r1 of Reports.Daily succeeded." }));
        Assert.That(asked, Is.EqualTo(4));
        Assert.That(outcome.Error, Does.Contain("asking again"));
        Assert.That(outcome.ExitCode, Is.Zero);
    }

    [Test]
    public async Task AConnectionThatFallsSilent_IsMadeAgain_AndGoesOnAfterTheLastLine()
    {
        var (asked, after) = (0, "");
        await using var server = await ServerAsync(RunState.Succeeded, async context =>
        {
            if (++asked == 1)
            {
                // As if somebody had pulled the cable.
                await WriteAsync(context, "id: 7\ndata: one\n\n");
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            }

            after = context.Request.Headers["Last-Event-ID"].ToString();
            await EndAsync(context, RunState.Succeeded);
        });
        var time = new FakeTimeProvider();
        var notes = new List<string>();
        using var api = new ApiClient(new Uri(server.Url), key: null);
        var log = new LogStream(api, "r1", time, notes.Add);

        var lines = new List<string>();
        var reading = Task.Run(async () =>
        {
            await foreach (var line in log.ReadAsync(CancellationToken.None))
            {
                lines.Add(line);
            }
        });
        while (!reading.IsCompleted)
        {
            // A step at a time: what waits may not have begun to.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(reading, Task.Delay(5));
        }

        await reading;
        Assert.That((lines.Single(), after, log.End), Is.EqualTo(("one", "7", (RunState?)RunState.Succeeded)));
        Assert.That(notes.Single(), Does.Contain("nothing came for 45 seconds"));
    }

    private static string Lines(string[] lines, int after) =>
        string.Concat(lines.Select((line, index) => (line, number: index + 1)).Where(entry => entry.number > after).Select(entry => $"id: {entry.number}\ndata: {entry.line}\n\n"));

    [Test]
    public async Task WithJson_TheStandardOutputIsTheRun_AndTheLogIsBesideIt()
    {
        await using var server = await ServerAsync(RunState.Failed, async context =>
        {
            await WriteAsync(context, "id: 1\ndata: one\n\n");
            await EndAsync(context, RunState.Failed);
        });

        var outcome = await server.RunAsync("logs", "r1", "--follow", "--json");

        Assert.That(System.Text.Json.Nodes.JsonNode.Parse(outcome.Output)!["state"]!.ToString(), Is.EqualTo("failed"));
        Assert.That(outcome.Error, Does.Contain("one"));
    }

    private static Task<FakeServer> ServerAsync(RunState end, Func<HttpContext, Task> log) => FakeServer.StartAsync(new()
    {
        ["GET /api/v1/runs/r1"] = FakeServer.Json(Examples.Run with { State = end }),
        ["GET /api/v1/runs/r1/log"] = log,
    });

    private static async Task WriteAsync(HttpContext context, string text)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "text/event-stream";
        }

        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
    }

    private static Task EndAsync(HttpContext context, RunState state) =>
        WriteAsync(context, $"event: end\ndata: {PluginHost.AspNetCore.Api.ApiJson.Name(state)}\n\n");
}
