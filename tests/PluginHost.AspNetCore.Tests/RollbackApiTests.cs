using System.Net;

namespace PluginHost.AspNetCore.Tests;

public sealed class RollbackApiTests
{
    private readonly FakeHost _host = new();

    [TestCase("""{ "version": "1a2b3c4-5d6e7f8" }""", "Reports 1a2b3c4-5d6e7f8")]
    [TestCase("{}", "Reports before")]
    [TestCase("", "Reports before")]
    public async Task RollingBack_AnswersThePlugin_WithItsPin(string body, string expected)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync("api/v1/plugins/Reports/rollback", body);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(_host.RolledBack, Is.EqualTo(expected));
        var plugin = await answer.ReadJsonAsync();
        Assert.That(plugin["pinned"]!.GetValue<bool>(), Is.True);
        Assert.That(plugin["pin"]!.ToJsonString(), Is.EqualTo("""{"version":"0123456-89abcde","by":"ada","at":"2026-01-31T12:00:00.25Z"}"""));
    }

    [Test]
    public async Task Unpinning_AnswersThePlugin()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Delete, "api/v1/plugins/Reports/pin");

        Assert.That((await answer.ReadJsonAsync())["pinned"]!.GetValue<bool>(), Is.False);
    }

    [Test]
    public async Task AMisspeltBody_RollsNothingBack()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync("api/v1/plugins/Reports/rollback", """{ "versoin": "x" }""");

        Assert.That(await answer.ReadProblemAsync(400), Does.StartWith("""The body is not what is expected, such as { "version": "1a2b3c4-5d6e7f8" }."""));
        Assert.That(_host.RolledBack, Is.Null);
    }

    [Test]
    public async Task AVersionThatCannotGoLive_Is409()
    {
        _host.Failure = new ConflictException("It cannot go live.");
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync("api/v1/plugins/Reports/rollback", "{}");

        Assert.That(await answer.ReadProblemAsync(409), Is.EqualTo("It cannot go live."));
    }
}
