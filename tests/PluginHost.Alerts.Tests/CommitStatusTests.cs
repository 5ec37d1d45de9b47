using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using PluginHost.AspNetCore.Tests;
using PluginHost.TestInfra;

namespace PluginHost.Alerts.Tests;

/// <summary>A forge shows beside each commit how its deployment went.</summary>
public sealed class CommitStatusTests
{
    private readonly FakeHost _host = new();
    private readonly FakeTimeProvider _time = new(Examples.Noon);
    private FakeForge _forge = null!;

    private static DeploymentInfo Running => Examples.Deployment("d2") with { State = DeploymentState.Running, Plugins = [] };

    [SetUp]
    public async Task SetUp()
    {
        _host.Deployments.Clear();
        _forge = await FakeForge.StartAsync();
    }

    [TearDown]
    public ValueTask TearDown() => _forge.DisposeAsync();

    [TestCase("GitHub", "acme/scripts", "POST /api/repos/acme/scripts/statuses/{0}", "Bearer t0ken", """{ "state": "pending", "description": "The deployment is under way.", "context": "pluginhost", "target_url": "https://ops.example.com/s/deployments/d2" }""")]
    [TestCase("GitLab", "acme/team/scripts", "POST /api/projects/acme%2Fteam%2Fscripts/statuses/{0}", "Bearer t0ken", """{ "state": "running", "description": "The deployment is under way.", "name": "pluginhost", "target_url": "https://ops.example.com/s/deployments/d2" }""")]
    [TestCase("Gitea", "acme/scripts", "POST /api/repos/acme/scripts/statuses/{0}", "token t0ken", """{ "state": "pending", "description": "The deployment is under way.", "context": "pluginhost", "target_url": "https://ops.example.com/s/deployments/d2" }""")]
    public async Task EachForge_IsToldInItsWay(string kind, string repository, string line, string authorization, string body)
    {
        using var directory = new TestDirectory();
        await File.WriteAllTextAsync(directory.Combine("token"), "t0ken\n");
        await using var watched = await StartAsync(("Forge", kind), ("Repository", repository), ("TokenFile", directory.Combine("token")));
        Tell(watched, Running);

        var call = await _forge.NextAsync();

        Assert.Multiple(() =>
        {
            Assert.That(call.Line, Is.EqualTo(string.Format(null, line, Examples.Commit)));
            Assert.That(call.Authorization, Is.EqualTo(authorization));
            Assert.That(JsonNode.DeepEquals(call.Body, JsonNode.Parse(body)), call.Body.ToJsonString());
        });
    }

    [Test]
    public async Task ADeployment_IsUnderWay_AndThenAsItEnded()
    {
        await using var watched = await StartAsync();
        Tell(watched, Running);
        Assert.That((await _forge.NextAsync()).State, Is.EqualTo("pending"));
        Tell(watched, Running with { State = DeploymentState.Degraded, Plugins = [new PluginOutcome("Reports", PluginOutcomeKind.Rejected, null, $"Reports did not build:\n{new string('x', 500)}")] });

        var end = await _forge.NextAsync();

        Assert.That(end.State, Is.EqualTo("failure"));
        Assert.That((string)end.Body["description"]!, Does.StartWith("Reports did not build: xxx").And.EndWith("…").And.Length.EqualTo(140));
    }

    [Test]
    public async Task ADeploymentThatEndedBeforeAnybodyWatched_IsTold_AndOfASourceTheNewest()
    {
        _host.Deployments.AddRange([Running with { Id = "d3", State = DeploymentState.Succeeded }, Running with { Id = "d2", State = DeploymentState.Failed }, Running with { Id = "d1", Source = "other" }]);
        await using var watched = await StartAsync();

        Assert.That((await _forge.NextAsync()).State, Is.EqualTo("success"));
        Tell(watched, Running with { Id = "d4", Commit = new string('f', 40) });
        Assert.That((await _forge.NextAsync()).Line, Does.EndWith(new string('f', 40)));
    }

    [Test]
    public async Task WhatIsToldAlready_AndARollback_AreNotTold()
    {
        _host.Deployments.AddRange(
        [
            Running with { State = DeploymentState.Succeeded },
            Running with { Id = "d3", State = DeploymentState.Failed, Trigger = DeploymentTrigger.Rollback },
            Running with { Id = "d4", State = DeploymentState.Failed, Error = "no disk" },
        ]);
        await using var watched = await StartAsync();
        Assert.That((await _forge.NextAsync()).State, Is.EqualTo("success"));
        watched.Tell(HostEventKind.Deployment, "d2");
        watched.Tell(HostEventKind.Deployment, "d3");
        watched.Tell(HostEventKind.Deployment, "d4");

        Assert.That((string)(await _forge.NextAsync()).Body["description"]!, Is.EqualTo("no disk"));
    }

    [Test]
    public async Task AForgeThatIsAway_IsAskedAgain()
    {
        _forge.Answers.Enqueue((502, "bad gateway"));
        _forge.Answers.Enqueue((429, "slow down"));
        await using var watched = await StartAsync();
        Tell(watched, Running);

        await _forge.NextAsync();
        await AdvanceUntilAsync(_forge.NextAsync());
        Assert.That((await AdvanceUntilAsync(_forge.NextAsync())).State, Is.EqualTo("pending"));
    }

    [TestCase(401, "Bad credentials")]
    [TestCase(404, "Not Found")]
    [TestCase(302, "")]
    public async Task AForgeThatRefuses_IsNotAskedAgain_AndTheNextCommitIsTold(int status, string body)
    {
        _forge.Answers.Enqueue((status, body));
        await using var watched = await StartAsync();
        Tell(watched, Running);
        await _forge.NextAsync();
        Tell(watched, Running with { Id = "d3", Commit = new string('f', 40) });

        Assert.That((await _forge.NextAsync()).Line, Does.EndWith(new string('f', 40)));
    }

    [Test]
    public void EveryMistake_IsNamed()
    {
        var options = new AlertOptions
        {
            CommitStatuses =
            {
                ["one"] = new CommitStatusOptions { Api = "http://forge.example.com/api/v3", Repository = "scripts", Context = "" },
                ["two"] = new CommitStatusOptions { Forge = ForgeKind.Gitea, Repository = "acme/scripts", Token = "t", TokenFile = "f" },
                ["right"] = new CommitStatusOptions { Forge = ForgeKind.GitLab, Repository = "acme/team/scripts", Token = "t" },
            },
        };

        var failures = new AlertOptionsValidator().Validate(null, options).Failures!.ToList();

        Assert.That(failures, Is.EqualTo(new[]
        {
            "PluginHost:Alerts:CommitStatuses:one:Api is 'http://forge.example.com/api/v3', which is no https address. http is taken for this machine alone, because the token goes with it.",
            "PluginHost:Alerts:CommitStatuses:one:Repository is 'scripts'. Write owner/name.",
            "PluginHost:Alerts:CommitStatuses:one needs one of Token and TokenFile.",
            "PluginHost:Alerts:CommitStatuses:one:Context has 0 characters; it has 1 to 100.",
            "PluginHost:Alerts:CommitStatuses:two:Api is not set, and Gitea has no default. It is https://HOST/api/v1.",
            "PluginHost:Alerts:CommitStatuses:two needs one of Token and TokenFile.",
        }));
    }

    private async Task<T> AdvanceUntilAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            // The pause before the next try begins some time after the answer was sent.
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(task, Task.Delay(10));
        }

        return await task;
    }

    private void Tell(WatchedHost watched, DeploymentInfo deployment)
    {
        // Nobody reads the list now: what was told before has been answered.
        _host.Deployments.RemoveAll(known => known.Id == deployment.Id);
        _host.Deployments.Insert(0, deployment);
        watched.Tell(HostEventKind.Deployment, deployment.Id);
    }

    private Task<WatchedHost> StartAsync(params (string Key, string Value)[] forge)
    {
        (string, string)[] settings = [("Api", _forge.Api), .. forge.Length > 0 ? forge : [("Repository", "acme/scripts"), ("Token", "t0ken")]];
        return WatchedHost.StartAsync(_host, _time, [("PublicUrl", "https://ops.example.com/s/"), .. settings.Select(setting => ($"CommitStatuses:default:{setting.Item1}", setting.Item2))]);
    }
}
