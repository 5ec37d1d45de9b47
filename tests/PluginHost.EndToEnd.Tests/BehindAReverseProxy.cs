using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PluginHost.TestInfra;
using static Microsoft.Playwright.Assertions;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A browser that reaches the host through nginx, under a path that nginx gives it: taken off the requests, or left on them.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class BehindAReverseProxy : HostTestBase
{
    private const string Path = "/team/ops";

    private Browser _browser = null!;

    [SetUp]
    public async Task StartBrowser()
    {
        _browser = await Browser.StartAsync();
        Repository
            .AddPlugin(
                "Report",
                $$"""
                Console.WriteLine("collecting");
                while (!File.Exists($"{{Folder.Combine("go")}}-{Days}")) await Task.Delay(20, cancellationToken);
                Console.WriteLine("done");
                """,
                "[Schedule(\"0 6 1 1 *\")]",
                "[Parameter, System.ComponentModel.DataAnnotations.Range(1, 9)] public int Days { get; init; } = 1;")
            .AddPlugin("Broken", "missing();").Commit("First");
    }

    [TearDown]
    public async Task StopBrowser()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    [Test]
    public async Task AnAppOfYourOwn_HasEveryPageAndFlow([Values] bool keepsPath)
    {
        var settings = new Dictionary<string, string> { ["PluginHost__Sources__default__Path"] = "plugins", [keepsPath ? "PathBase" : "ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = keepsPath ? Path : "true" };
        await using var app = await ReadyHost.StartInAppAsync("Shop", "scripts/", Repository.Path, Data, settings);
        using var proxy = new PathProxy(Folder.Combine("nginx"), Path, app.Api.BaseAddress!, keepsPath);
        var page = await _browser.OpenAsync(new Uri(proxy.Address, "scripts/"));

        await page.GotoAsync(proxy.Address + "scripts");
        Assert.That(page.Url, Is.EqualTo(proxy.Address + "scripts/"), "the closing slash is added where the browser is");
        await UseAsync(page);
        Assert.That(_browser.Complaints.Where(complaint => !complaint.Contains("400", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task TheReadyHost_SignsIn_HasEveryPageAndFlow_AndSignsOut([Values] bool keepsPath)
    {
        var key = ReadyHost.Run("keys", "add", "ada", "--role", "operator", "--data", Data);
        await using var host = await ReadyHost.StartAsync(
            Repository.Path, Data, environment: new Dictionary<string, string> { [keepsPath ? "PluginHost__PathBase" : "ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = keepsPath ? Path : "true" });
        using var proxy = new PathProxy(Folder.Combine("nginx"), Path, host.Api.BaseAddress!, keepsPath);
        var page = await _browser.OpenAsync(proxy.Address);

        await page.GotoAsync("runs?state=failed");
        Assert.That(new Uri(page.Url).AbsolutePath, Is.EqualTo($"{Path}/sign-in"));
        await page.GetByLabel("Key").FillAsync("ph_wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("not known");
        await page.GetByLabel("Key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(proxy.Address + "runs?state=failed");
        Assert.That((await page.Context.CookiesAsync()).Select(cookie => cookie.Path), Is.EqualTo(new[] { Path }), "what else the server has does not get the cookie");

        await page.GotoAsync("");
        await UseAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(proxy.Address + "sign-in");
        await page.GotoAsync("host");
        Assert.That(new Uri(page.Url).AbsolutePath, Is.EqualTo($"{Path}/sign-in"));
        Assert.That(_browser.Complaints.Where(complaint => !complaint.Contains("400", StringComparison.Ordinal) && !complaint.Contains("401", StringComparison.Ordinal)), Is.Empty);
    }

    /// <summary>From the list of scripts through every flow, then to every link there is.</summary>
    private async Task UseAsync(IPage page)
    {
        var list = page.Url;
        await page.Locator("tr[data-script='Report.Work']").GetByRole(AriaRole.Button, new() { Name = "Run Report.Work" }).ClickAsync();

        // While the script still waits, nothing on the way holds its first line back.
        var log = page.Locator("#log");
        await Expect(log).ToContainTextAsync("OUT collecting");
        await Expect(page.Locator("#state")).ToHaveTextAsync("running");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.Locator("#state")).ToHaveTextAsync("cancelled");
        await Expect(page.Locator("#connection")).ToBeEmptyAsync();
        var run = page.Url;

        await page.GetByRole(AriaRole.Heading).GetByRole(AriaRole.Link, new() { Name = "Report.Work" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(list + "scripts/Report.Work");
        await Expect(page.Locator("#calendar [data-part]")).Not.ToBeEmptyAsync();
        await page.GetByLabel("Days").FillAsync("99");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(page.Locator("[data-error='Days']")).ToContainTextAsync("9");
        await page.GetByLabel("Days").FillAsync("3");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(log).ToContainTextAsync("OUT collecting");
        await File.WriteAllTextAsync(Folder.Combine("go-3"), "");
        await Expect(log).ToContainTextAsync("OUT done");
        await Expect(page.Locator("#state")).ToHaveTextAsync("succeeded");

        await page.GetByRole(AriaRole.Link, new() { Name = "Deployments" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("First") }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("Broken");
        var deployment = page.Url;

        // The page changes by itself: its events come through, too.
        await page.GetByRole(AriaRole.Link, new() { Name = "Deployments" }).ClickAsync();
        Repository.Delete("plugins/Broken").Commit("Second");
        await Expect(page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("Second") })).ToBeVisibleAsync();

        foreach (var start in new[] { list, run, deployment, list + "scripts/Report.Work", list + "plugins/Report", list + "host", list + "runs", list + "occurrences" })
        {
            await FollowEveryLinkAsync(page, start, list);
        }
    }

    private static async Task FollowEveryLinkAsync(IPage page, string start, string list)
    {
        await page.GotoAsync(start);
        var links = (await page.EvaluateAsync<string>("[...document.querySelectorAll('a[href], link[href], script[src]')].map(e => new URL(e.getAttribute('href') ?? e.getAttribute('src'), document.baseURI).href).join(' ')")).Split(' ');
        var posts = (await page.EvaluateAsync<string>("[...document.querySelectorAll('[data-post], form[action]')].map(e => new URL(e.dataset.post ?? e.getAttribute('action'), document.baseURI).href).join(' ')")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(links, Has.Length.GreaterThan(8), start);
        foreach (var link in links.Where(link => !link.StartsWith("data:", StringComparison.Ordinal)).Distinct())
        {
            Assert.That(link, Does.StartWith(list), $"a link of {start}");
            var answer = await page.APIRequest.GetAsync(link);
            Assert.That(answer.Status, Is.EqualTo(200), $"{link} on {start}");
            Assert.That(answer.Url, Does.StartWith(list).And.Not.Contain("/sign-in"), $"{link} on {start}");
        }

        Assert.That(posts, Has.All.StartsWith(list), start);
    }
}
