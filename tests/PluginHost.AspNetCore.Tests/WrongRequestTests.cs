using System.Text;

namespace PluginHost.AspNetCore.Tests;

/// <summary>What is wrong with a request is said in a sentence, and nothing is started by it.</summary>
public sealed class WrongRequestTests
{
    private const string Runs = "api/v1/scripts/Reports.Daily/runs";

    private readonly FakeHost _host = new();

    [TestCase("{", TestName = "Body_CutOff")]
    [TestCase("[]", TestName = "Body_AnArray")]
    [TestCase("\"text\"", TestName = "Body_AString")]
    [TestCase("{ \"parameters\": [] }", TestName = "Body_ParametersNoObject")]
    [TestCase("{ \"version\": 3 }", TestName = "Body_VersionNoString")]
    [TestCase("{ \"parameter\": {} }", TestName = "Body_Misspelt")]
    [TestCase("{ \"parameters\": { \"a\": 1, \"a\": 2 } }", TestName = "Body_NameTwice")]
    [TestCase("{ \"parameters\": { \"a\": { \"b\": 1, \"b\": 2 } } }", TestName = "Body_NameTwiceInside")]
    [TestCase("{ \"parameters\": { \"a\": \"\\ud800\" } }", TestName = "Body_HalfACharacter")]
    public async Task ABodyThatIsNotWhatIsExpected_Is400(string body)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync(Runs, body);

        Assert.That(await answer.ReadProblemAsync(400), Does.StartWith("The body is not what is expected"));
        Assert.That(_host.Request, Is.Null);
    }

    [Test]
    public async Task ABodyThatIsNested_TooDeep_Is400()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.PostJsonAsync(Runs, $"{{\"parameters\":{{\"a\":{new string('[', 10_000)}{new string(']', 10_000)}}}}}");

        await answer.ReadProblemAsync(400);
    }

    [Test]
    public async Task ABodyThatIsNotUtf8_Is400()
    {
        await using var web = await WebHost.StartAsync(_host);
        using var body = new ByteArrayContent([.. "{\"version\":\""u8, 0xFF, 0xFE, .. "\"}"u8]);
        body.Headers.ContentType = new("application/json");

        using var answer = await web.SendAsync(HttpMethod.Post, Runs, body);

        await answer.ReadProblemAsync(400);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task ABodyOfMoreThan1MiB_Is413(bool lengthIsKnown)
    {
        await using var web = await WebHost.StartAsync(_host);
        var body = Encoding.UTF8.GetBytes($"{{\"parameters\":{{\"a\":\"{new string('x', 1024 * 1024)}\"}}}}");
        using HttpContent content = lengthIsKnown ? new ByteArrayContent(body) : new UnknownLength(body);
        content.Headers.ContentType = new("application/json");

        using var answer = await web.SendAsync(HttpMethod.Post, Runs, content);

        Assert.That(await answer.ReadProblemAsync(413), Is.EqualTo("The body is too large. It has 1048576 bytes at most."));
        Assert.That(_host.Request, Is.Null);
    }

    [Test]
    public async Task ABodyOfAnotherType_Is415()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, Runs, new StringContent("{}", null, "text/plain"));

        Assert.That(await answer.ReadProblemAsync(415), Does.Contain("application/json"));
        Assert.That(_host.Request, Is.Null);
    }

    [Test]
    public async Task AnotherMethod_Is405_AndSaysWhich()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Delete, "api/v1/scripts/Reports.Daily");

        Assert.That(await answer.ReadProblemAsync(405), Is.EqualTo("/api/v1/scripts/Reports.Daily takes GET, not DELETE."));
        Assert.That(answer.Content.Headers.Allow, Is.EqualTo(new[] { "GET" }));
    }

    [TestCase("api/v1/nothing", "There is nothing at /api/v1/nothing.")]
    [TestCase("api/v1/scripts/Nope", "There is no script 'Nope'.")]
    [TestCase("api/v1/runs/nope", "There is no run 'nope'.")]
    [TestCase("api/v1/runs/nope/log", "There is no run 'nope'.")]
    [TestCase("api/v1/plugins/nope/versions", "There is no plugin 'nope'.")]
    [TestCase("api/v1/deployments/nope", "There is no deployment 'nope'.")]
    [TestCase("assets/nope.js", "There is nothing at /assets/nope.js.")]
    [TestCase("api/v1/scripts/%3Cscript%3E'%22", "There is no script '<script>'\"'.")]
    public async Task WhatDoesNotExist_Is404(string path, string title)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, path);

        Assert.That(await answer.ReadProblemAsync(404), Is.EqualTo(title));
    }

    [TestCase("api/v1/occurrences?from=yesterday", "'yesterday' is no moment. It is written as in 2026-01-31T12:00:00Z.")]
    [TestCase("api/v1/occurrences?outcome=lost", "'lost' is no outcome. It is one of: pending, ran, late, skipped-overlap, skipped-paused, missed, caught-up.")]
    [TestCase("api/v1/runs?limit=0", "'0' is no limit. It is a whole number from 1 to 500.")]
    [TestCase("api/v1/runs?limit=501", "'501' is no limit. It is a whole number from 1 to 500.")]
    [TestCase("api/v1/runs?limit=-1", "'-1' is no limit. It is a whole number from 1 to 500.")]
    [TestCase("api/v1/runs?limit=many", "'many' is no limit. It is a whole number from 1 to 500.")]
    [TestCase("api/v1/runs?limit=99999999999999999999", "'99999999999999999999' is no limit. It is a whole number from 1 to 500.")]
    [TestCase("api/v1/scripts?limit=0", "'0' is no limit. It is a whole number from 1 to 500.")]
    [TestCase("api/v1/deployments?limit=0", "'0' is no limit. It is a whole number from 1 to 500.")]
    [TestCase("api/v1/runs?state=done", "'done' is no state. It is one of: queued, running, succeeded, failed, cancelled, timed-out, lost.")]
    [TestCase("api/v1/runs?state=3", "'3' is no state. It is one of: queued, running, succeeded, failed, cancelled, timed-out, lost.")]
    [TestCase("api/v1/runs?trigger=cron", "'cron' is no trigger. It is one of: manual, schedule, catch-up, retry, chain.")]
    public async Task AQueryThatCannotBeRead_Is400(string path, string title)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, path);

        Assert.That(await answer.ReadProblemAsync(400), Is.EqualTo(title));
        Assert.That(_host.Query, Is.Null);
    }

    [Test]
    public async Task AWaitThatCannotBeRead_Is400(
        [Values(Runs, "api/v1/sources/default/sync")] string path, [Values("-1", "601", "NaN", "1e9", "long", "1,5", "%E2%88%9E")] string wait)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, $"{path}?wait={wait}");

        Assert.That(await answer.ReadProblemAsync(400), Does.EndWith("is no wait. It is a number of seconds from 0 to 600."));
        Assert.That(_host.Request, Is.Null);
        Assert.That(_host.Limit, Is.Null);
    }

    [Test]
    public async Task AnIdempotencyKeyThatIsTooLong_Is400()
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Post, Runs, null, ("Idempotency-Key", new string('k', 256)));

        Assert.That(await answer.ReadProblemAsync(400), Does.Contain("255"));
    }

    [Test]
    public async Task AFailureOfTheHost_Is500_AndKeepsItsSecrets()
    {
        _host.Failure = new InvalidOperationException("password=hunter2");
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, "api/v1/status");

        Assert.That(await answer.ReadProblemAsync(500), Is.EqualTo("The host failed to answer. Its log says why."));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Not.Contain("hunter2"));
    }

    private sealed class UnknownLength(byte[] bytes) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(bytes).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
