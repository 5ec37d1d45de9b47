using System.Net;

namespace PluginHost.AspNetCore.Tests;

/// <summary>What a version was built from, and what it changed, from the API and on the pages.</summary>
public sealed class VersionPagesTests
{
    private const string Version = "plugins/Reports/versions/0123456-89abcde";

    private readonly FakeHost _host = new();

    [Test]
    public async Task SourceAndChanges_AreToldByTheApi()
    {
        await using var web = await WebHost.StartAsync(_host);

        var source = await web.GetAsync($"api/v1/{Version}/source");
        var changes = await web.GetAsync($"api/v1/{Version}/changes?against=old");

        Assert.That(source["items"]![0]!["text"]!.ToString(), Does.StartWith("// <b>one</b>"));
        Assert.That(source["items"]![1]!["note"]!.ToString(), Is.EqualTo("It is no text."));
        Assert.That((changes["version"]!.ToString(), changes["against"]!.ToString(), changes["files"]![0]!["kind"]!.ToString()), Is.EqualTo(("0123456-89abcde", "old", "changed")));
    }

    [TestCase("api/v1/plugins/Reports/versions/none/source")]
    [TestCase("api/v1/plugins/Reports/versions/none/changes")]
    [TestCase("plugins/Reports/versions/none")]
    public async Task AVersionThatIsNotKept_IsNotFound(string path)
    {
        await using var web = await WebHost.StartAsync(_host);

        using var answer = await web.SendAsync(HttpMethod.Get, path);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task TheVersionsPage_ShowsTheDifference_AndTheSource_AsText()
    {
        await using var web = await WebHost.StartAsync(_host);

        var html = await web.Client.GetStringAsync(Version);

        Assert.That(html, Does.Contain("""<span class="old">-// old""").And.Contain("""<span class="new">&#x2B;// &lt;b&gt;one&lt;/b&gt;""").And.Not.Contain("diff --git"));
        Assert.That(html, Does.Contain("// &lt;b&gt;one&lt;/b&gt;&#xA;line 2").And.Contain("It is no text.").And.Not.Contain("<b>"));
        Assert.That(html, Does.Contain("Ada Author").And.Contain("First"));
    }

    [Test]
    public async Task TheScriptsPage_HasItsVersions_AndAsksForItsSource()
    {
        await using var web = await WebHost.StartAsync(_host);

        Assert.That(await web.Client.GetStringAsync("scripts/Reports.Daily"), Does.Contain($"href=\"{Version}\"").And.Contain("scripts/Reports.Daily/source?version=0123456-89abcde"));
        Assert.That(await web.Client.GetStringAsync("scripts/Reports.Daily/source?version=0123456-89abcde"), Does.Contain("// &lt;b&gt;one&lt;/b&gt;").And.Not.Contain("<html"));
    }
}
