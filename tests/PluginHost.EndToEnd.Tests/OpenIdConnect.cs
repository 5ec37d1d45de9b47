using System.Net;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>People sign in to the ready host by a provider.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class OpenIdConnect : HostTestBase
{
    private const string Section = "PluginHost__Authentication__OpenIdConnect__";

    [Test]
    public async Task WhatTheProviderSaysOfSomebody_IsWhatTheyMay()
    {
        using var provider = new OpenIdProvider();
        Repository.AddPlugin("A").Commit("One");
        await File.WriteAllTextAsync(Folder.Combine("secret"), OpenIdProvider.Secret + "\n");
        await using var host = await ReadyHost.LaunchElsewhereAsync(Repository.Path, Data, new Dictionary<string, string>
        {
            [Section + "Authority"] = provider.Address, [Section + "ClientId"] = OpenIdProvider.Client, [Section + "ClientSecretFile"] = Folder.Combine("secret"),
            [Section + "RoleClaim"] = "groups", [Section + "Viewers__0"] = "everybody", [Section + "Operators__0"] = "team/ops",
        });
        await host.UntilReadyAsync();

        foreach (var (groups, expected) in new[] { (Array.Empty<string>(), "403 403 403"), (["everybody"], "200 403 403"), (["everybody", "team/ops"], "200 200 403") })
        {
            provider.Groups = groups;
            using var browser = await SignInAsync(host);
            HttpStatusCode[] answers =
            [
                (await browser.GetAsync("api/v1/runs")).StatusCode,
                (await browser.PostAsync("api/v1/scripts/A.Work/pause", null)).StatusCode,
                (await browser.GetAsync("api/v1/audit")).StatusCode,
            ];
            Assert.That(string.Join(' ', answers.Select(answer => (int)answer)), Is.EqualTo(expected), string.Join(", ", groups));
        }
    }

    private static async Task<HttpClient> SignInAsync(ReadyHost host)
    {
        var browser = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = host.Api.BaseAddress, DefaultRequestHeaders = { { "Accept", "text/html" } } };
        Assert.That(await browser.GetStringAsync("runs"), Does.Contain("href=\"sign-in/openid?to=%2Fruns\""));

        // There and back again, by the provider's redirect.
        using var signedIn = await browser.GetAsync("sign-in/openid?to=%2Fruns");
        Assert.That(signedIn.RequestMessage!.RequestUri!.PathAndQuery, Is.EqualTo("/sign-in/done?to=%2Fruns"));
        Assert.That(await signedIn.Content.ReadAsStringAsync(), Does.Contain("0;url=/runs"));
        return browser;
    }
}
