using System.Net;

namespace PluginHost.AspNetCore.Tests;

/// <summary>An application that stops is not held up by those who watch and wait.</summary>
[CancelAfter(60_000)]
public sealed class StoppingTests
{
    private readonly FakeHost _host = new();

    [Test]
    public async Task Streams_End([Values("api/v1/events", "api/v1/runs/run1/log")] string path, CancellationToken cancellationToken)
    {
        await using var web = await WebHost.StartAsync(_host);
        using var answer = await web.SendAsync(HttpMethod.Get, path, null, ("Accept", "text/event-stream"));
        var read = answer.Content.ReadAsStringAsync(cancellationToken);

        await web.StopAsync().WaitAsync(cancellationToken);

        // The end of a log is said when the run has ended, not when the host has.
        Assert.That(await read, Does.Not.Contain("event: end"));
    }

    [Test]
    public async Task AWaitForARun_AnswersTheRunAsItIs(CancellationToken cancellationToken)
    {
        _host.Runs[0] = Examples.Run(state: RunState.Running);
        _host.WaitsForever = true;
        await using var web = await WebHost.StartAsync(_host);
        var asked = web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/runs?wait=600");
        await _host.Waited.Task.WaitAsync(cancellationToken);

        await web.StopAsync().WaitAsync(cancellationToken);

        using var answer = await asked;
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That((await answer.ReadJsonAsync())["state"]!.ToString(), Is.EqualTo("running"));
    }

    [Test]
    public async Task AWaitForADeployment_IsAConflict(CancellationToken cancellationToken)
    {
        _host.WaitsForever = true;
        await using var web = await WebHost.StartAsync(_host);
        var asked = web.SendAsync(HttpMethod.Post, "api/v1/sources/default/sync");
        await _host.Waited.Task.WaitAsync(cancellationToken);

        await web.StopAsync().WaitAsync(cancellationToken);

        using var answer = await asked;
        Assert.That(await answer.ReadProblemAsync(409), Does.Contain("stopping"));
    }
}
