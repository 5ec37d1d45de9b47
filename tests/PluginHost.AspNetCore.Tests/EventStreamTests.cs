using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using PluginHost.AspNetCore.Api;

namespace PluginHost.AspNetCore.Tests;

public sealed class EventStreamTests
{
    [Test]
    public async Task AStreamThatIsSilent_Beats_AndIsHeldBackByNobody()
    {
        var time = new FakeTimeProvider();
        var host = new FakeHost();
        await using var web = await WebHost.StartAsync(host, app => app.MapPluginHost(), services => services.AddSingleton<TimeProvider>(time));
        using var answer = await web.SendAsync(HttpMethod.Get, "api/v1/events");
        Assert.That((answer.StatusCode, answer.Headers.GetValues("X-Accel-Buffering").Single()), Is.EqualTo((HttpStatusCode.OK, "no")));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.That(await reader.ReadLineAsync(), Is.EqualTo("event: connected"));
        Assert.That(await reader.ReadLineAsync(), Is.EqualTo("data: connected"));
        Assert.That(await reader.ReadLineAsync(), Is.Empty);

        for (var beat = 0; beat < 3; beat++)
        {
            var line = reader.ReadLineAsync();
            while (!line.IsCompleted)
            {
                // The stream's timer may not be set yet.
                time.Advance(EventStream.Heartbeat);
                await Task.WhenAny(line, Task.Delay(20));
            }

            Assert.That((await line, await reader.ReadLineAsync()), Is.EqualTo((": ", "")));
        }
    }
}
