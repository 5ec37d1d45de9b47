using System.Net;
using System.Text.Json.Nodes;

namespace PluginHost.AspNetCore.Tests;

/// <summary>What a build said, from the API and on the pages.</summary>
public sealed class BuildLogsApiTests
{
    private static readonly Diagnostic Warning = new(DiagnosticSeverity.Warning, "PH0001", "A script <i>may</i> not", "plugins/Reports/Daily.cs", 2, 5);

    private readonly FakeHost _host = new();

    [Test]
    public async Task TheLogs_AreListed_AndDownloaded()
    {
        await using var web = await WebHost.StartAsync(_host);

        var logs = await web.GetAsync("api/v1/deployments/deployment1/logs");
        using var text = await web.SendAsync(HttpMethod.Get, "api/v1/deployments/deployment1/log");
        using var binary = await web.SendAsync(HttpMethod.Get, "api/v1/deployments/deployment1/binlog");

        Assert.That(JsonNode.DeepEquals(logs["items"], JsonNode.Parse("""[{ "kind": "text", "bytes": 33 }, { "kind": "binary", "bytes": 6 }]""")), logs.ToJsonString());
        Assert.That((text.Content.Headers.ContentType!.ToString(), await text.Content.ReadAsStringAsync()), Is.EqualTo(("text/plain; charset=utf-8", "Daily.cs(1,1): warning PH0001: no")));
        Assert.That(binary.Content.Headers.ContentDisposition!.ToString(), Does.StartWith("attachment; filename=deployment1.binlog"));
        Assert.That(await binary.Content.ReadAsStringAsync(), Is.EqualTo("binary"));
    }

    [TestCase("deployment1/log", "There is no build log of deployment 'deployment1'.")]
    [TestCase("deployment1/binlog", "There is no build log of deployment 'deployment1'.")]
    [TestCase("..%2f..%2flock/log", "There is no deployment '..%2f..%2flock'.")]
    public async Task WhatIsNotThere_IsNotFound(string path, string title)
    {
        _host.BuildLogs.Clear();
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, $"api/v1/deployments/{path}");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That((await answer.ReadJsonAsync())["title"]!.ToString(), Is.EqualTo(title));
    }

    [Test]
    public async Task TheDeploymentsPage_ShowsWhatWasFound_AtItsLine_AndLeadsToTheLogs()
    {
        var outcome = _host.Deployments[0].Plugins[0];
        _host.Deployments[0] = _host.Deployments[0] with { Plugins = [outcome with { Errors = [new Diagnostic(DiagnosticSeverity.Error, "CS0103", "no such name", "plugins/Reports/Daily.cs", 3, 1)], Warnings = [Warning] }] };
        await using var web = await WebHost.StartAsync(_host);

        var html = await web.Client.GetStringAsync("deployments/deployment1");

        Assert.That(html, Does.Contain("error CS0103: no such name").And.Contain("warning PH0001: A script &lt;i&gt;may&lt;/i&gt; not"));
        Assert.That(html, Does.Contain("""<span class="it"><span class="number">2</span> line 2""").And.Contain("// &lt;b&gt;one&lt;/b&gt;"));
        Assert.That(html, Does.Contain("deployments/deployment1/binlog").And.Contain("deployments/deployment1/log"));
        Assert.That((_host.Read!.Value.Source, _host.Read.Value.Commit, _host.Read.Value.Paths.Single()), Is.EqualTo(("default", Examples.Commit, "plugins/Reports/Daily.cs")));
    }

    [Test]
    public async Task ADeploymentOfASourceThatIsNoLongerThere_IsShownWithoutItsLines()
    {
        _host.Deployments[0] = _host.Deployments[0] with { Plugins = [_host.Deployments[0].Plugins[0] with { Warnings = [Warning] }] };
        _host.Failure = new NotFoundException("source", "default");
        await using var web = await WebHost.StartAsync(_host);

        Assert.That(await web.Client.GetStringAsync("deployments/deployment1"), Does.Contain("warning PH0001").And.Not.Contain("line 2"));
    }
}
