using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.AspNetCore.Access;

namespace PluginHost.AspNetCore.Tests;

/// <summary>An application that signs people in, and has a policy for each role.</summary>
public sealed class RolesTests
{
    private const string Role = "X-Test-Role";
    private const string Change = "api/v1/scripts/Reports.Daily/pause";
    private const string Removal = "api/v1/scripts/Reports.Daily/state?key=count";

    private readonly FakeHost _host = new();

    [Test]
    public async Task EveryEndpoint_DeclaresWhatItNeeds_AndEveryDeclarationIsOfOne()
    {
        var endpoints = await EndpointsAsync();

        Assert.That(endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<AccessRule>() is null).Select(endpoint => endpoint.DisplayName), Is.Empty);
        Assert.That(endpoints, Has.Count.EqualTo(AccessRules.Count));
    }

    [Test]
    public async Task WhatChangesSomething_NeedsAnOperator_AndIsAudited()
    {
        var changes = (await EndpointsAsync())
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods[0] != "GET" && !endpoint.RoutePattern.RawText!.EndsWith("/hooks/{source}", StringComparison.Ordinal))
            .Select(endpoint => (endpoint.DisplayName, HasTarget: endpoint.RoutePattern.Parameters.Count > 0, Rule: endpoint.Metadata.GetMetadata<AccessRule>()!))
            .ToList();

        Assert.That(changes.Where(change => change.Rule.Need < Need.Operator || change.Rule.Action is null || change.Rule.Target.Length > 0 != change.HasTarget), Is.Empty);
        Assert.That(changes.Select(change => change.Rule.Action), Is.Unique.And.Not.Empty);
    }

    [TestCase("GET", "api/v1/status", "401 200 200 200")]
    [TestCase("GET", "runs", "401 200 200 200")]
    [TestCase("GET", "metrics", "401 200 200 200")]
    [TestCase("GET", "openapi/v1.json", "401 200 200 200")]
    [TestCase("GET", "nothing", "401 404 404 404")]
    [TestCase("DELETE", "api/v1/status", "401 405 405 405")]
    [TestCase("GET", "api/v1/deployments/deployment1/log", "401 200 200 200")]
    [TestCase("GET", "api/v1/deployments/deployment1/binlog", "401 403 200 200")]
    [TestCase("POST", Change, "401 403 200 200")]
    [TestCase("DELETE", Removal, "401 403 403 204")]
    [TestCase("GET", "api/v1/audit", "401 403 403 200")]
    [TestCase("GET", "audit", "401 403 403 200")]
    [TestCase("GET", "health/live", "200 200 200 200")]
    [TestCase("GET", "health/ready", "200 200 200 200")]
    [TestCase("GET", "assets/app.css", "200 200 200 200")]
    public async Task ARole_MayWhatItsPolicyLetsIt(string method, string path, string expected)
    {
        await using var web = await StartAsync();

        var answers = new List<int>();
        foreach (var role in new[] { "", "viewer", "operator", "admin" })
        {
            using var answer = await web.SendAsync(new HttpMethod(method), path, null, (Role, role));
            answers.Add((int)answer.StatusCode);
        }

        Assert.That(string.Join(' ', answers), Is.EqualTo(expected));
    }

    [Test]
    public async Task WhatIsRefused_SaysWhichRoleItNeeds_AndIsInTheAuditLog_AndIsNotDone()
    {
        await using var web = await StartAsync();

        using var answer = await web.SendAsync(HttpMethod.Delete, Removal, null, (Role, "operator"));

        Assert.That(await answer.ReadProblemAsync(403), Is.EqualTo("This needs the role admin, which you do not have."));
        Assert.That(_host.Audit.Lines, Is.EqualTo(new[] { "operator StateRemove Reports.Daily count: Refused This needs the role admin, which you do not have." }));
        Assert.That(_host.Removed, Is.Null);
    }

    [TestCase("viewer", false)]
    [TestCase("operator", true)]
    public async Task APage_HasButtons_ForWhoMayUseThem(string role, bool expected)
    {
        _host.Status = Examples.Status();
        await using var web = await StartAsync();

        foreach (var path in new[] { "", "scripts/Reports.Daily", "runs/run1", "host", "plugins/Reports" })
        {
            using var answer = await web.SendAsync(HttpMethod.Get, path, null, (Role, role));
            var html = await answer.Content.ReadAsStringAsync();
            Assert.That(html.Contains("data-post", StringComparison.Ordinal), Is.EqualTo(expected), path);
            Assert.That(html, Does.Contain("<h1").And.Not.Contain("href=\"audit\""), path);
        }
    }

    [Test]
    public async Task AnAdmin_HasALinkToTheAuditLog()
    {
        await using var web = await StartAsync();

        using var answer = await web.SendAsync(HttpMethod.Get, "", null, (Role, "admin"));

        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("href=\"audit\""));
    }

    [TestCase("", "[]")]
    [TestCase("viewer", """["It is full."]""")]
    public async Task AProbe_IsToldWhatIsWrong_OnlyWhenItMayLook(string role, string expected)
    {
        _host.Status = Examples.Status() with { Problems = ["It is full."] };
        await using var web = await StartAsync();

        using var answer = await web.SendAsync(HttpMethod.Get, "health/ready", null, (Role, role));

        Assert.That((await answer.ReadJsonAsync())["problems"]!.ToJsonString(), Is.EqualTo(expected));
    }

    [Test]
    public async Task AMissingPolicy_IsThatOfTheRoleBefore()
    {
        await using var web = await StartAsync(options => options.ViewerPolicy = "viewer");

        using var refused = await web.SendAsync(HttpMethod.Delete, Removal);
        using var allowed = await web.SendAsync(HttpMethod.Delete, Removal, null, (Role, "viewer"));

        Assert.That((refused.StatusCode, allowed.StatusCode), Is.EqualTo((HttpStatusCode.Unauthorized, HttpStatusCode.NoContent)));
    }

    [Test]
    public async Task APolicyThatDoesNotExist_LetsNobodyIn()
    {
        await using var web = await StartAsync(options => options.ViewerPolicy = "viewr");

        using var answer = await web.SendAsync(HttpMethod.Get, "api/v1/status", null, (Role, "admin"));

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
    }

    [Test]
    public void APolicy_WithoutTheServicesForIt_SaysWhatToAdd()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<IPluginHost>(_host);

        Assert.That(() => builder.Build().MapPluginHost("/", options => options.AdminPolicy = "x"), Throws.InvalidOperationException.With.Message.Contains("builder.Services.AddAuthorization();"));
    }

    private async Task<List<RouteEndpoint>> EndpointsAsync()
    {
        List<RouteEndpoint> endpoints = [];
        await using var web = await WebHost.StartAsync(_host, app =>
        {
            app.MapAll();
            endpoints = [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).Cast<RouteEndpoint>()];
        });
        return endpoints;
    }

    private Task<WebHost> StartAsync(Action<PluginHostEndpointOptions>? configure = null) => WebHost.StartAsync(
        _host,
        app =>
        {
            app.UseAuthentication();
            app.MapPluginHost("/", configure ?? (options => (options.ViewerPolicy, options.OperatorPolicy, options.AdminPolicy) = ("viewer", "operator", "admin")));
        },
        services =>
        {
            services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, ByHeader>("test", null);
            services.AddAuthorizationBuilder()
                .AddPolicy("viewer", policy => policy.RequireRole("viewer", "operator", "admin"))
                .AddPolicy("operator", policy => policy.RequireRole("operator", "admin"))
                .AddPolicy("admin", policy => policy.RequireRole("admin"));
        });

    /// <summary>Whoever says a role has it, and its name.</summary>
    private sealed class ByHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Request.Headers[Role].ToString() is { Length: > 0 } role
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, role), new(ClaimTypes.Role, role)], "test")), "test"))
            : AuthenticateResult.NoResult());
    }
}
