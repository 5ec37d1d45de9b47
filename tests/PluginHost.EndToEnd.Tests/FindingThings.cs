using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PluginHost.TestInfra;
using static Microsoft.Playwright.Assertions;

namespace PluginHost.EndToEnd.Tests;

/// <summary>How a person finds a script, a run, a line of its log and a due time among many.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class FindingThings
{
    private Browser _browser = null!;
    private TestDirectory _directory = null!;
    private ReadyHost _host = null!;
    private IPage _page = null!;

    [SetUp]
    public async Task SetUp()
    {
        _browser = await Browser.StartAsync();
        _directory = new TestDirectory();
        var repository = TestRepository.Create(_directory.Combine("repository"));
        repository
            .AddPlugin(
                "Shop",
                """
                for (var i = 0; i < 1000; i++) Console.WriteLine($"order {i}");
                context.Logger.LogWarning("order 7 has no address");
                context.Logger.LogError(new InvalidOperationException("no printer"), "order 8 is lost");
                await context.State.SetAsync("orders", 1000);
                """,
                "[Script(Description = \"Ships what was ordered\", Tags = [\"orders\"])] [Schedule(\"0 6 1 1 *\")]")
            .AddPlugin("Mail", "throw new InvalidOperationException(\"no server\");", "[Script(Tags = [\"letters\"])]")
            .Commit("First");
        _host = await ReadyHost.StartAsync(repository.Path, _directory.Combine("data"));
        _page = await _browser.OpenAsync(_host.Api.BaseAddress!);
    }

    [TearDown]
    public async Task TearDown()
    {
        // These are null when Chromium is missing and the test was ignored.
        if (_host is not null)
        {
            await _host.DisposeAsync();
            _directory.Dispose();
        }

        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    [Test]
    public async Task Scripts_AreFoundByWordAndTag_AndTheAddressCanBeShared()
    {
        await _page.GotoAsync("");
        var rows = _page.Locator("tr[data-script]:visible");
        await Expect(rows).ToHaveCountAsync(2);

        await _page.GetByLabel("Search").FillAsync("ordered SHIPS");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("Shop.Work");
        await Expect(_page.Locator("[data-count]")).ToHaveTextAsync("1 of 2");

        await _page.GetByRole(AriaRole.Button, new() { Name = "letters" }).ClickAsync();
        await Expect(rows).ToContainTextAsync("Mail.Work");
        Assert.That(new Uri(_page.Url).Query, Is.EqualTo("?q=letters"));

        // A run refreshes the page; what was searched for stays so.
        await _host.RunAsync("Shop.Work");
        await Expect(_page.Locator("tr[data-script='Shop.Work'] svg.recent")).ToHaveAttributeAsync("aria-label", "Last 1 run: 1 succeeded");
        await Expect(rows).ToHaveCountAsync(1);

        await _page.GotoAsync(_page.Url);
        await Expect(_page.GetByLabel("Search")).ToHaveValueAsync("letters");
        await Expect(rows).ToHaveCountAsync(1);
        Assert.That(_browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task Runs_AreFilteredByScriptStateAndTrigger()
    {
        await _host.RunAsync("Shop.Work");
        await _host.RunAsync("Mail.Work");
        await _page.GotoAsync("runs");
        var rows = _page.Locator("table tbody tr");
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(_page.GetByRole(AriaRole.Img, new() { Name = "1 run in the last hour, 0 planned" })).ToHaveCountAsync(2);

        await _page.GetByLabel("State").SelectOptionAsync("failed");
        await _page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("Mail.Work");
        await Expect(_page.GetByLabel("State")).ToHaveValueAsync("failed");

        await _page.GetByLabel("Script").FillAsync("shop.work");
        await _page.GetByRole(AriaRole.Button, new() { Name = "Show" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(0);
        Assert.That(_browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task ALog_IsSearchedByTextAndLevel()
    {
        var run = await _host.RunAsync("Shop.Work");
        await _page.GotoAsync($"runs/{run["id"]}");
        var lines = _page.Locator("#log .line:not([hidden])");
        var count = _page.Locator("#log-count");
        await Expect(count).ToHaveTextAsync(new Regex("^100[0-9] lines$"));

        await _page.GetByLabel("Search").FillAsync("ORDER 99");
        await Expect(lines).ToHaveCountAsync(11);
        await Expect(count).ToContainTextAsync("11 of ");

        await _page.GetByLabel("Search").FillAsync("");
        await _page.GetByLabel("Level").SelectOptionAsync("ERR");
        await Expect(lines.First).ToContainTextAsync("order 8 is lost");
        await Expect(lines.Nth(1)).ToContainTextAsync("no printer");

        var download = await _page.RunAndWaitForDownloadAsync(() => _page.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync());
        Assert.That(await File.ReadAllTextAsync(await download.PathAsync()), Does.Contain("OUT order 999"));
        Assert.That(_browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task ARunForLater_WaitsForItsTime_AndStateCanBeDeleted()
    {
        await _host.RunAsync("Shop.Work");
        await _page.GotoAsync("scripts/Shop.Work");
        await Expect(_page.Locator("svg.calendar")).ToBeVisibleAsync();

        _page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await _page.GetByRole(AriaRole.Button, new() { Name = "Delete orders" }).ClickAsync();
        await Expect(_page.Locator("#state")).ToHaveCountAsync(0);

        await _page.GetByText("Later, or on another version").ClickAsync();
        var tomorrow = TimeZoneInfo.ConvertTime(DateTimeOffset.UtcNow.AddDays(1), TimeZoneInfo.FindSystemTimeZoneById(Browser.TimeZone));
        await _page.GetByLabel("Start at").FillAsync(tomorrow.ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
        await _page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();

        await Expect(_page.Locator("#state")).ToHaveTextAsync("queued");
        await Expect(_page.Locator("dt:text-is('Starts') + dd time")).ToHaveTextAsync(tomorrow.ToString("dd/MM/yyyy, HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture));
        Assert.That(_browser.Complaints, Is.Empty);
    }
}
