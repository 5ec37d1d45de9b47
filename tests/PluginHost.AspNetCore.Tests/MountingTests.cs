using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace PluginHost.AspNetCore.Tests;

public sealed class MountingTests
{
    private readonly FakeHost _host = new();

    public static readonly TestCaseData<string, Action<WebApplication>>[] Mounts =
    [
        new("", app => app.MapPluginHost()) { TestName = "AtTheRoot" },
        new("/ops", app => app.MapPluginHost("/ops")) { TestName = "UnderAPath" },
        new("/ops", app => app.MapPluginHost("ops/")) { TestName = "UnderAPathWrittenOtherwise" },
        new("/a/b%20c", app => app.MapPluginHost("/a/b c")) { TestName = "UnderADeepPath" },
        new("/team/ops", app => app.MapGroup("/team").MapPluginHost("/ops")) { TestName = "InAGroup" },
        new("/team", app => app.MapGroup("/team").MapPluginHost()) { TestName = "AtTheRootOfAGroup" },
        new("/base/ops", app =>
        {
            app.UsePathBase("/base");
            app.UseRouting();
            app.MapPluginHost("/ops");
        }) { TestName = "UnderAPathBase" },
    ];

    [TestCaseSource(nameof(Mounts))]
    public async Task Everything_IsUnderTheMount(string mount, Action<WebApplication> map)
    {
        await using var web = await WebHost.StartAsync(_host, map);

        Assert.That((await web.GetAsync($"{mount}/api/v1/scripts/Reports.Daily"))["id"]!.ToString(), Is.EqualTo("Reports.Daily"));
        Assert.That(await web.Client.GetStringAsync($"{mount}/"), Does.Contain($"<base href=\"{mount}/\""));
        Assert.That(await web.Client.GetStringAsync($"{mount}/assets/app.js"), Does.Contain("EventSource"));
        Assert.That((await web.GetAsync($"{mount}/openapi/v1.json"))["servers"]![0]!["url"]!.ToString(), Is.EqualTo(mount.Length == 0 ? "/" : mount));
        using var started = await web.SendAsync(HttpMethod.Post, $"{mount}/api/v1/scripts/Reports.Daily/runs");
        Assert.That(started.Headers.Location!.ToString(), Is.EqualTo($"{mount}/api/v1/runs/run1"));
        using var missing = await web.SendAsync(HttpMethod.Get, $"{mount}/nothing");
        Assert.That(await missing.ReadProblemAsync(404), Is.EqualTo($"There is nothing at {mount}/nothing."));
    }

    [TestCase("/ops", "/ops?a=b", "/ops/?a=b")]
    [TestCase("/a/b c", "/a/b%20c", "/a/b%20c/")]
    public async Task TheMountWithoutItsSlash_LeadsToTheOneWithIt(string pattern, string path, string expected)
    {
        await using var web = await WebHost.StartAsync(_host, app => app.MapPluginHost(pattern));

        using var answer = await web.SendAsync(HttpMethod.Get, path);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
        Assert.That(answer.Headers.Location!.OriginalString, Is.EqualTo(expected));
    }

    [Test]
    public async Task TheApplication_KeepsItsOwnRoutes_AndSeesOnlyTheDoors()
    {
        await using var web = await WebHost.StartAsync(
            _host,
            app =>
            {
                app.MapPluginHost("/ops");
                app.MapGet("/runs", () => "mine");
                app.MapOpenApi();
            },
            services => services.AddOpenApi());

        Assert.That(await web.Client.GetStringAsync("/runs"), Is.EqualTo("mine"));
        Assert.That((await web.GetAsync("/openapi/v1.json"))["paths"]!.AsObject().Select(path => path.Key), Is.EqualTo(new[] { "/runs" }));
        Assert.That(
            web.Services.GetRequiredService<EndpointDataSource>().Endpoints.Where(endpoint => endpoint.DisplayName!.Contains("PluginHost", StringComparison.Ordinal)),
            Has.Exactly(2).Items, "the one for webhooks, and the one for all else");
    }

    [Test]
    public async Task TwoMounts_AnswerEachForItself()
    {
        await using var web = await WebHost.StartAsync(_host, app =>
        {
            app.MapPluginHost("/a");
            app.MapPluginHost("/b");
        });

        Assert.That(await web.Client.GetStringAsync("/a/"), Does.Contain("<base href=\"/a/\""));
        Assert.That(await web.Client.GetStringAsync("/b/"), Does.Contain("<base href=\"/b/\""));
    }

    [Test]
    public async Task RequireAuthorization_CoversEverything(
        [Values("/ops", "/ops/", "/ops/api/v1/status", "/ops/api/v1/events", "/ops/openapi/v1.json", "/ops/health/live", "/ops/metrics", "/ops/assets/app.js", "/ops/runs", "/ops/nothing")] string path)
    {
        await using var web = await WebHost.StartAsync(
            _host,
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapPluginHost("/ops").RequireAuthorization();
            },
            services =>
            {
                services.AddAuthentication().AddBearerToken();
                services.AddAuthorization();
            });

        using var answer = await web.SendAsync(HttpMethod.Get, path);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(await answer.Content.ReadAsStringAsync(), Is.Empty);
    }

    [Test]
    public async Task TheUser_IsWhoAskedForTheRun()
    {
        await using var web = await WebHost.StartAsync(_host, app =>
        {
            app.Use((context, next) =>
            {
                context.User = new(new System.Security.Claims.ClaimsIdentity([new("name", "ada")], "test", "name", "role"));
                return next(context);
            });
            app.MapPluginHost();
        });

        using var answer = await web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/runs");

        Assert.That(_host.Request!.RequestedBy, Is.EqualTo("ada"));
    }

    [Test]
    public async Task AnApplicationWithBlazor_ChangesNoPage(
        [Values("", "scripts/Reports.Daily", "runs", "runs/run1", "deployments", "deployments/deployment1", "plugins/Reports", "host", "nothing")] string path)
    {
        await using var plain = await WebHost.StartAsync(_host);
        await using var blazor = await WebHost.StartAsync(
            _host, app => app.MapPluginHost(), services => services.AddRazorComponents().AddInteractiveServerComponents());

        using var expected = await plain.SendAsync(HttpMethod.Get, path, null, ("Accept", "text/html"));
        using var answer = await blazor.SendAsync(HttpMethod.Get, path, null, ("Accept", "text/html"));

        Assert.That(answer.StatusCode, Is.EqualTo(path == "nothing" ? HttpStatusCode.NotFound : HttpStatusCode.OK));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.StartWith("<!DOCTYPE html>").And.EqualTo(await expected.Content.ReadAsStringAsync()));
    }

    [Test]
    public void WithoutAddPluginHost_TheErrorSaysWhatToAdd()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        Assert.That(() => app.MapPluginHost(), Throws.InvalidOperationException.With.Message.EqualTo(
            "MapPluginHost needs the plugin host's services, and they are not registered. Add this line before Build(): builder.Services.AddPluginHost();"));
    }

    [Test]
    public async Task TheApplicationsJsonOptions_ChangeNothing()
    {
        await using var web = await WebHost.StartAsync(
            _host,
            app => app.MapPluginHost(),
            services => services.ConfigureHttpJsonOptions(options => options.SerializerOptions.PropertyNamingPolicy = System.Text.Json.JsonNamingPolicy.SnakeCaseUpper));

        Assert.That((await web.GetAsync("api/v1/status"))["uptimeMs"], Is.Not.Null);
        using var refused = await web.SendAsync(HttpMethod.Post, "api/v1/scripts/Reports.Daily/pause", null, ("Origin", "https://evil.example"));
        Assert.That(await refused.ReadProblemAsync(403), Does.Contain("another site"));
    }
}
