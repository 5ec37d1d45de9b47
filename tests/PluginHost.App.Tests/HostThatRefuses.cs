using System.Net;
using System.Net.Sockets;

namespace PluginHost.App.Tests;

/// <summary>The host does not do what it is asked: the message says why, and what to do.</summary>
public sealed class HostThatRefuses
{
    [Test]
    public async Task NobodyListens_IsSaid_WithTheAddressAndTheNextStep()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();

        var outcome = await Cli.RunAsync("status", "--host", $"http://127.0.0.1:{port}");

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain($"No host answers at http://127.0.0.1:{port}/").And.Contain("pluginhost run").And.Contain("--host"));
    }

    [Test]
    public async Task AnAddressThatIsNone_IsWrongUsage()
    {
        var outcome = await Cli.RunAsync("status", "--host", "localhost:5080");

        Assert.That(outcome.Error, Does.Contain("'localhost:5080' is no address of a host"));
    }

    [TestCase("text/html", "<html></html>")]
    [TestCase("text/plain", "ok")]
    public async Task SomethingElseAnswers_IsSaid(string contentType, string text)
    {
        await using var server = await FakeServer.StartAsync(new() { ["GET /api/v1/status"] = FakeServer.Text(text, contentType) });

        var outcome = await server.RunAsync("status");

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain($"What answers at {server.Url}/ is not a PluginHost"));
    }

    [Test]
    public async Task AnotherApplicationsProblem_IsNotTakenForOurs()
    {
        await using var server = await FakeServer.StartAsync(new() { ["GET /api/v1/scripts"] = FakeServer.Problem(404, "Not Found") });

        Assert.That((await server.RunAsync("scripts")).Error, Does.Contain("is not a PluginHost"));
    }

    [TestCase(401, null, "Give a key with --key, or in the environment as PLUGINHOST_KEY")]
    [TestCase(401, "secret", "does not know this key: No.")]
    [TestCase(403, null, "Give a key that may do this")]
    [TestCase(403, "secret", "Use a key that may do this")]
    [TestCase(409, null, "No.")]
    [TestCase(500, null, "No.")]
    public async Task ARefusal_IsSaidWithTheNextStep(int status, string? key, string words)
    {
        await using var server = await FakeServer.StartAsync(new() { ["POST /api/v1/scripts/A.Work/pause"] = FakeServer.Problem(status, "No.") });

        var outcome = await server.RunAsync(["pause", "A.Work", .. key is null ? Array.Empty<string>() : ["--key", key]]);

        Assert.That(outcome.ExitCode, Is.EqualTo(1));
        Assert.That(outcome.Error, Does.Contain(words).And.Not.Contain("secret"));
    }

    [Test]
    public async Task WrongParameters_AreWrongUsage()
    {
        await using var server = await FakeServer.StartAsync(new() { ["POST /api/v1/scripts/A.Work/runs"] = FakeServer.Problem(400, "'Days' must be a whole number.") });

        var outcome = await server.RunAsync("run-now", "A.Work");

        Assert.That(outcome.ExitCode, Is.EqualTo(2));
        Assert.That(outcome.Error, Does.Contain("'Days' must be a whole number."));
    }

    [TestCase("Reports.Dialy", "Did you mean 'Reports.Daily'?")]
    [TestCase("daily", "Did you mean 'Reports.Daily'?")]
    [TestCase("dialy", "Did you mean 'Reports.Daily'?")]
    [TestCase("Something.Else", "There are: Orders.Sum, Reports.Daily.")]
    public async Task AMistypedName_IsAnsweredWithThoseThatComeNear(string name, string words)
    {
        await using var server = await FakeServer.StartAsync(new()
        {
            [$"POST /api/v1/scripts/{name}/resume"] = FakeServer.Problem(404, $"There is no script '{name}'."),
            ["GET /api/v1/scripts"] = FakeServer.Text("""{ "items": [{ "id": "Orders.Sum" }, { "id": "Reports.Daily" }], "next": null }"""),
            ["GET /api/v1/status"] = FakeServer.Json(FakeServer.Status),
        });

        var outcome = await server.RunAsync("resume", name);

        Assert.That(outcome.Error.Trim(), Is.EqualTo($"There is no script '{name}'. {words}"));
        Assert.That(outcome.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task AnEndpointThatIsMissing_MeansAnOlderHost()
    {
        await using var server = await FakeServer.StartAsync(new() { ["GET /api/v1/status"] = FakeServer.Json(FakeServer.Status) });

        Assert.That((await server.RunAsync("occurrences")).Error, Does.Contain("it is version 0.0.9").And.Contain("Update the host"));
    }

    [Test]
    public async Task AFieldThatIsMissing_MeansAnotherVersion()
    {
        await using var server = await FakeServer.StartAsync(new()
        {
            ["GET /api/v1/runs"] = FakeServer.Text("""{ "items": [{ "id": "r1" }], "next": null }"""),
            ["GET /api/v1/status"] = FakeServer.Json(FakeServer.Status),
        });

        Assert.That((await server.RunAsync("runs")).Error, Does.Contain("is version 0.0.9").And.Contain("Use the same version of both"));
    }
}
