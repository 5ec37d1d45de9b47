using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

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
        var asked = new ConcurrentQueue<string>();
        await using var server = await ServerAsync(RunState.Succeeded, async context =>
        {
            asked.Enqueue(context.Request.Headers["Last-Event-ID"].ToString());
            switch (asked.Count)
            {
                case 1:
                    await WriteAsync(context, "id: 1\ndata: one\n\nid: 2\ndata: two\n\n");
                    context.Abort();
                    break;
                case 2:
                    context.Response.StatusCode = StatusCodes.Status502BadGateway;
                    break;
                case 3:
                    await WriteAsync(context, "id: 3\ndata: three\n\n");
                    break;
                default:
                    await EndAsync(context, RunState.Succeeded);
                    break;
            }
        });

        var outcome = await server.RunAsync("logs", "r1", "--follow");

        Assert.That(outcome.Output.Split(Environment.NewLine)[..3], Is.EqualTo(new[] { "one", "two", "three" }));
        Assert.That(asked, Is.EqualTo(new[] { "", "2", "2", "3" }));
        Assert.That(outcome.Error, Does.Contain("asking again"));
        Assert.That(outcome.ExitCode, Is.Zero);
    }

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
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
    }

    private static Task EndAsync(HttpContext context, RunState state) =>
        WriteAsync(context, $"event: end\ndata: {PluginHost.AspNetCore.Api.ApiJson.Name(state)}\n\n");
}
