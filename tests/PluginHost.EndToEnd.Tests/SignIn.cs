using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The ready host asks who somebody is, and lets each do what its key allows.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class SignIn : HostTestBase
{
    private const string Secret = "the secret of the webhook";

    [Test]
    public async Task WithoutAKey_ItDoesNotListenElsewhere_AndWithOneItDoes()
    {
        Repository.Commit("Nothing yet");

        var (exitCode, output) = await ReadyHost.FailAsync(new Dictionary<string, string>(), "--repo", Repository.Path, "--data", Data, "--urls", "http://0.0.0.0:0");
        Assert.That(output, Does.Contain("does not listen on 'http://0.0.0.0:0'").And.Contain("pluginhost keys add"));
        Assert.That(exitCode, Is.EqualTo(2));

        var key = AddKey("ada", "viewer");
        await using var host = await ReadyHost.LaunchElsewhereAsync(Repository.Path, Data);
        Assert.That(await SendAsync(host, HttpMethod.Get, "api/v1/status"), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await SendAsync(host, HttpMethod.Get, "api/v1/status", key), Is.EqualTo(HttpStatusCode.OK));

        // It is reached by names that it cannot know.
        Assert.That(await SendAsync(host, HttpMethod.Get, "api/v1/status", key, ("Host", "scripts.example.com")), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task EachKey_OpensWhatItsRoleMay_UntilItIsRemoved()
    {
        Repository.AddPlugin("A").Commit("One");
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data);
        Assert.That(await SendAsync(host, HttpMethod.Post, "api/v1/scripts/A.Work/pause"), Is.EqualTo(HttpStatusCode.OK), "without any key, loopback is open");

        var (viewer, operators, admin) = (AddKey("vi", "viewer"), AddKey("op", "operator"), AddKey("ad", "admin"));
        foreach (var (key, expected) in new[]
        {
            ((string?)null, "401 401 401"), ("ph_wrong", "401 401 401"), (viewer, "200 403 403"), (operators, "200 200 403"), (admin, "200 200 200"),
        })
        {
            HttpStatusCode[] answers =
            [
                await SendAsync(host, HttpMethod.Get, "api/v1/runs", key),
                await SendAsync(host, HttpMethod.Post, "api/v1/scripts/A.Work/resume", key),
                await SendAsync(host, HttpMethod.Get, "api/v1/audit", key),
            ];
            Assert.That(string.Join(' ', answers.Select(answer => (int)answer)), Is.EqualTo(expected), key);
        }

        Assert.That(await SendAsync(host, HttpMethod.Get, "health/ready"), Is.EqualTo(HttpStatusCode.OK), "probes need no key");
        Assert.That(ReadyHost.Run("keys", "list", "--data", Data), Does.Match("ad +admin .*last used").And.Not.Contain(admin));
        Assert.That(
            JsonNode.Parse(ReadyHost.Run("keys", "list", "--json", "--data", Data))!["items"]!.AsArray().Select(key => $"{key!["name"]} {key["role"]} {key["lastUsedAt"] is not null}"),
            Is.EquivalentTo(new[] { "vi viewer True", "op operator True", "ad admin True" }));
        ReadyHost.Run("keys", "remove", "ad", "--data", Data);
        Assert.That(await SendAsync(host, HttpMethod.Get, "api/v1/runs", admin), Is.EqualTo(HttpStatusCode.Unauthorized));

        // What was done, and what was tried.
        var reader = AddKey("auditor", "admin");
        host.Api.DefaultRequestHeaders.Authorization = new("Bearer", reader);
        var entries = (await host.GetAsync("api/v1/audit?limit=500"))["items"]!.AsArray().Select(entry => $"{entry!["who"]} {entry["action"]} {entry["target"]} {entry["outcome"]}").ToList();
        Assert.That(entries, Does.Contain("vi script-resume A.Work refused").And.Contain("op script-resume A.Work done").And.Contain(" script-pause A.Work done").And.Contain($"{Environment.UserName} key-remove ad done"));
        Assert.That(entries.Count(entry => entry == " sign-in  refused"), Is.EqualTo(4), "the wrong key three times, and the removed one");
    }

    [Test]
    public async Task ABrowser_SignsInWithAKey_AndStaysSoOverARestart_UntilItSignsOut()
    {
        Repository.Commit("Nothing yet");
        var key = AddKey("ada", "operator");
        string cookie;
        await using (var host = await ReadyHost.StartAsync(Repository.Path, Data))
        {
            using var browser = Browser(host);
            using var page = await browser.GetAsync("runs?after=x");
            Assert.That(page.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(page.Headers.Location!.OriginalString, Does.EndWith("/sign-in?to=%2Fruns%3Fafter%3Dx"));
            using var form = await browser.GetAsync(page.Headers.Location);
            Assert.That(await form.Content.ReadAsStringAsync(), Does.Contain("name=\"to\" value=\"/runs?after=x\""));
            Assert.That(form.Headers.GetValues("Content-Security-Policy").Single(), Does.StartWith("default-src 'none'"));

            using var wrong = await EnterAsync(browser, "ph_wrong", "/runs");
            Assert.That((wrong.StatusCode, wrong.Headers.Contains("Set-Cookie")), Is.EqualTo((HttpStatusCode.Unauthorized, false)));
            using var away = await EnterAsync(browser, key, "//evil.example/");
            Assert.That(away.Headers.Location!.OriginalString, Is.EqualTo("/"));
            using var foreign = await EnterAsync(browser, key, "/", ("Sec-Fetch-Site", "cross-site"));
            Assert.That(foreign.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), "another site cannot sign anybody in");
            using var right = await EnterAsync(browser, key, "/runs");
            Assert.That((right.StatusCode, right.Headers.Location!.OriginalString), Is.EqualTo((HttpStatusCode.Redirect, "/runs")));
            var set = right.Headers.GetValues("Set-Cookie").Single();
            Assert.That(set, Does.Contain("httponly").And.Contain("samesite=strict"));
            cookie = set.Split(';')[0];
        }

        await using var again = await ReadyHost.StartAsync(Repository.Path, Data);
        Assert.That(await SendAsync(again, HttpMethod.Get, "runs", null, ("Cookie", cookie)), Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await SendAsync(again, HttpMethod.Get, "runs", null, ("Cookie", Forge(cookie))), Is.EqualTo(HttpStatusCode.Unauthorized), "a forged cookie");

        // The cookie alone is not enough: the browser says which site's page asks.
        const string Sync = "api/v1/sources/default/sync?wait=0";
        Assert.That(await SendAsync(again, HttpMethod.Post, Sync, null, ("Cookie", cookie), ("Sec-Fetch-Site", "cross-site")), Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await SendAsync(again, HttpMethod.Post, Sync, null, ("Cookie", cookie), ("Origin", "https://evil.example")), Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await SendAsync(again, HttpMethod.Post, Sync, null, ("Cookie", cookie), ("Sec-Fetch-Site", "same-origin")), Is.EqualTo(HttpStatusCode.OK));

        ReadyHost.Run("keys", "remove", "ada", "--data", Data);
        Assert.That(await SendAsync(again, HttpMethod.Get, "runs", null, ("Cookie", cookie)), Is.EqualTo(HttpStatusCode.Unauthorized), "its key is gone");
    }

    [Test]
    public async Task ManyWrongKeys_AreToldToWait_AndTheRightOneIsNot()
    {
        Repository.Commit("Nothing yet");
        var key = AddKey("ada", "viewer");
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data);

        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 25; i++)
        {
            answers.Add(await SendAsync(host, HttpMethod.Get, "api/v1/status", $"ph_{i}"));
        }

        // The minute may have begun anew meanwhile, so that twice as many were counted.
        Assert.That(answers.Count(answer => answer == HttpStatusCode.Unauthorized), Is.InRange(10, 20));
        Assert.That(answers, Has.Some.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(await SendAsync(host, HttpMethod.Get, "api/v1/status", key), Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task AWebhook_Deploys_WithoutASignIn_AndAReplayedOneDoesNothing()
    {
        Repository.AddPlugin("A").Commit("One");
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, poll: "1h", new Dictionary<string, string> { ["PluginHost__Sources__default__WebhookSecret"] = Secret });
        host.Api.DefaultRequestHeaders.Authorization = new("Bearer", AddKey("ada", "viewer"));
        var second = Repository.Replace("plugins/A/Work.cs", "SetResult(1)", "SetResult(2)").Commit("Two");

        Assert.That(await HookAsync(host, "wrong"), Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await HookAsync(host, Secret), Is.EqualTo(HttpStatusCode.Accepted));
        var deployed = await host.UntilAsync("api/v1/deployments?limit=1", list => list["items"]![0]!["commit"]!.ToString() == second && list["items"]![0]!["state"]!.ToString() != "running");
        Assert.That(deployed["items"]![0]!["trigger"]!.ToString(), Is.EqualTo("webhook"));

        var third = Repository.Replace("plugins/A/Work.cs", "SetResult(2)", "SetResult(3)").Commit("Three");
        Assert.That(await HookAsync(host, Secret), Is.EqualTo(HttpStatusCode.Accepted), "the same delivery again");
        Assert.That(await HookAsync(host, Secret, "another"), Is.EqualTo(HttpStatusCode.Accepted), "the same with another number");
        var fourth = Repository.Replace("plugins/A/Work.cs", "SetResult(3)", "SetResult(4)").Commit("Four");
        Assert.That(await HookAsync(host, Secret, "a new one", """{"ref":"refs/heads/main","after":"4"}"""), Is.EqualTo(HttpStatusCode.Accepted));

        var last = await host.UntilAsync("api/v1/deployments", list => list["items"]![0]!["commit"]!.ToString() == fourth);
        Assert.That(last["items"]!.AsArray().Select(item => item!["commit"]!.ToString()), Has.None.EqualTo(third), "nobody looked while it was the tip");
    }

    private string AddKey(string name, string role) => ReadyHost.Run("keys", "add", name, "--role", role, "--data", Data);

    private static HttpClient Browser(ReadyHost host) => new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false })
    {
        BaseAddress = host.Api.BaseAddress, DefaultRequestHeaders = { { "Accept", "text/html" } },
    };

    private static async Task<HttpStatusCode> SendAsync(ReadyHost host, HttpMethod method, string path, string? key = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await host.Api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> EnterAsync(HttpClient browser, string key, string to, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "sign-in") { Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["key"] = key, ["to"] = to }) };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await browser.SendAsync(request);
    }

    /// <summary>The same cookie with one letter in its middle changed.</summary>
    private static string Forge(string cookie) => string.Concat(cookie.AsSpan(0, cookie.Length / 2), cookie[cookie.Length / 2] == 'A' ? "B" : "A", cookie.AsSpan((cookie.Length / 2) + 1));

    private static async Task<HttpStatusCode> HookAsync(ReadyHost host, string secret, string delivery = "1", string body = """{"ref":"refs/heads/main"}""")
    {
        using var browser = Browser(host);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/hooks/default") { Content = new StringContent(body) };
        request.Headers.Add("X-Hub-Signature-256", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)))}");
        request.Headers.Add("X-GitHub-Delivery", delivery);
        using var answer = await browser.SendAsync(request);
        return answer.StatusCode;
    }
}
