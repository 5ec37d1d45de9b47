using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using PluginHost.AspNetCore.Hooks;

namespace PluginHost.AspNetCore.Tests;

public sealed class HooksTests
{
    private const string Secret = "It's a secret";
    private const string Body = """{"ref":"refs/heads/main"}""";
    private const string Path = "api/v1/hooks/default";

    private static readonly string Mac = Sign(Body, Secret);

    private readonly FakeHost _host = new();

    public static readonly TestCaseData<string, string>[] Servers =
    [
        new("X-Hub-Signature-256", $"sha256={Mac}") { TestName = "GitHub" },
        new("X-Hub-Signature", $"sha256={Mac}") { TestName = "Bitbucket" },
        new("X-Gitea-Signature", Mac) { TestName = "Gitea" },
        new("X-Forgejo-Signature", Mac) { TestName = "Forgejo" },
        new("X-Gitlab-Token", Secret) { TestName = "GitLab" },
    ];

    [TestCaseSource(nameof(Servers))]
    public async Task AWebhookThatIsSigned_IsAHint(string header, string value)
    {
        await using var web = await StartAsync();

        using var answer = await SendAsync(web, Body, (header, value));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(_host.Hints, Is.EqualTo(new[] { "default" }));
    }

    [TestCase("User-Agent", "curl")]
    [TestCase("X-Hub-Signature-256", "")]
    [TestCase("X-Hub-Signature-256", "sha256=")]
    [TestCase("X-Hub-Signature-256", "sha256=0123")]
    [TestCase("X-Gitea-Signature", "sha256=0123")]
    [TestCase("X-Gitlab-Token", "")]
    [TestCase("X-Gitlab-Token", "It's a secreT")]
    public async Task AMissingOrWrongSignature_Is401_AndNoHint(string header, string value)
    {
        await using var web = await StartAsync();

        using var answer = await SendAsync(web, Body, (header, value));

        Assert.That(await answer.ReadProblemAsync(401), Does.StartWith("The signature is missing or wrong"));
        Assert.That(_host.Hints, Is.Empty);
    }

    [Test]
    public async Task ABodyThatWasChanged_Is401()
    {
        await using var web = await StartAsync();

        using var answer = await SendAsync(web, Body + " ", ("X-Hub-Signature-256", $"sha256={Mac}"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [TestCase("other", null)]
    [TestCase("default", null)]
    [TestCase("default", "")]
    public async Task WithoutASecret_NobodyCanSign_AndTheAnswerDoesNotTellWhatThereIs(string source, string? secret)
    {
        await using var web = await StartAsync(options => options.Sources["default"] = new SourceOptions { Url = "x", WebhookSecret = secret });

        using var answer = await web.SendAsync(HttpMethod.Post, $"api/v1/hooks/{source}", new StringContent(Body), ("X-Hub-Signature-256", $"sha256={Sign(Body, "")}"), ("X-Gitlab-Token", ""));

        Assert.That(await answer.ReadProblemAsync(401), Does.Contain($"there is no source '{source}' that has a secret"));
    }

    [Test]
    public async Task ASecretOfAFile_IsReadAnew()
    {
        var file = System.IO.Path.GetTempFileName();
        try
        {
            await using var web = await StartAsync(options => options.Sources["default"] = new SourceOptions { Url = "x", WebhookSecretFile = file });
            await File.WriteAllTextAsync(file, "old\n");
            using var old = await SendAsync(web, Body, ("X-Gitlab-Token", "old"));
            await File.WriteAllTextAsync(file, "new\n");
            using var refused = await SendAsync(web, Body, ("X-Gitlab-Token", "old"));
            using var rotated = await SendAsync(web, Body, ("X-Gitlab-Token", "new"));

            Assert.That((old.StatusCode, refused.StatusCode, rotated.StatusCode), Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.Unauthorized, HttpStatusCode.Accepted)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [TestCase("1", "1", 1, Description = "sent again by the server")]
    [TestCase("1", "2", 1, Description = "replayed by somebody who gave it another number")]
    public async Task ADeliveryThatCameBefore_IsAnswered_AndIsNoHint(string first, string second, int expected)
    {
        await using var web = await StartAsync();

        using var one = await SendAsync(web, Body, ("X-Hub-Signature-256", $"sha256={Mac}"), ("X-GitHub-Delivery", first));
        using var two = await SendAsync(web, Body, ("X-Hub-Signature-256", $"sha256={Mac}"), ("X-GitHub-Delivery", second));

        Assert.That((one.StatusCode, two.StatusCode), Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.Accepted)));
        Assert.That(_host.Hints, Has.Exactly(expected).Items);
    }

    [Test]
    public async Task AnotherDelivery_IsAHintAgain_AlsoWhenItSaysTheSame()
    {
        await using var web = await StartAsync();

        using var one = await SendAsync(web, Body, ("X-Gitlab-Token", Secret), ("X-Gitlab-Event-UUID", "1"));
        using var two = await SendAsync(web, Body, ("X-Gitlab-Token", Secret), ("X-Gitlab-Event-UUID", "2"));

        Assert.That(_host.Hints, Has.Exactly(2).Items);
    }

    [Test]
    public void OnlyTheNewestDeliveries_AreRemembered()
    {
        var seen = new SeenDeliveries(2);

        Assert.That(new[] { "a", "b", "a", "c", "a", "b" }.Select(id => seen.Add([id])), Is.EqualTo(new[] { true, true, false, true, true, true }));
    }

    [Test]
    public async Task ALargePush_IsTaken()
    {
        var body = new string(' ', 5 * BodyLimit.Bytes);
        await using var web = await StartAsync();

        using var answer = await SendAsync(web, body, ("X-Hub-Signature-256", $"sha256={Sign(body, Secret)}"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
    }

    [Test]
    public async Task TooMany_AreToldToComeBack()
    {
        await using var web = await StartAsync();
        for (var i = 0; i < HookEndpoint.PerMinute; i++)
        {
            using var _ = await SendAsync(web, "");
        }

        using var answer = await SendAsync(web, Body, ("X-Hub-Signature-256", $"sha256={Mac}"));

        // A minute may have begun anew meanwhile; then all of it again.
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.TooManyRequests));
        Assert.That(answer.Headers.RetryAfter!.Delta, Is.EqualTo(TimeSpan.FromMinutes(1)));
    }

    [Test]
    public async Task TheDoorsSignIn_DoesNotStopThem([Values("", "/ops")] string mount)
    {
        await using var web = await StartAsync(
            null,
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapPluginHost(mount).RequireAuthorization();
            },
            services =>
            {
                services.AddAuthentication().AddBearerToken();
                services.AddAuthorizationBuilder().SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
            });

        using var answer = await web.SendAsync(HttpMethod.Post, $"{mount}/{Path}", new StringContent(Body), ("X-Hub-Signature-256", $"sha256={Mac}"));
        using var other = await web.SendAsync(HttpMethod.Get, $"{mount}/api/v1/status");

        Assert.That((answer.StatusCode, other.StatusCode), Is.EqualTo((HttpStatusCode.Accepted, HttpStatusCode.Unauthorized)));
    }

    private Task<WebHost> StartAsync(Action<PluginHostOptions>? configure = null, Action<WebApplication>? map = null, Action<IServiceCollection>? add = null) => WebHost.StartAsync(
        _host,
        map ?? (app => app.MapPluginHost()),
        services =>
        {
            services.Configure(configure ?? (options => options.Sources["default"] = new SourceOptions { Url = "x", WebhookSecret = Secret }));
            add?.Invoke(services);
        });

    private static Task<HttpResponseMessage> SendAsync(WebHost web, string body, params (string, string)[] headers) =>
        web.SendAsync(HttpMethod.Post, Path, new StringContent(body), headers);

    private static string Sign(string body, string secret) => Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(body)));
}
