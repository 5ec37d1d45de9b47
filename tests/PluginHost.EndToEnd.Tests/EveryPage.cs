using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using PluginHost.TestInfra;
using static Microsoft.Playwright.Assertions;

namespace PluginHost.EndToEnd.Tests;

/// <summary>What holds for each page: it is quiet, it fits, and everybody can use it.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class EveryPage
{
    private static readonly AxeRunOptions Wcag = new()
    {
        RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
    };

    // Set to a folder to look at the pages afterwards.
    private static readonly string? Shots = Environment.GetEnvironmentVariable("PLUGINHOST_TESTS_SHOTS");

    [Test]
    public async Task IsQuiet_Fits_AndIsAccessible()
    {
        await using var browser = await Browser.StartAsync();
        using var directory = new TestDirectory();
        var repository = TestRepository.Create(directory.Combine("repository"));
        AddPlugins(repository);
        await using var host = await ReadyHost.StartAsync(repository.Path, directory.Combine("data"));
        var pages = await FillAsync(host, repository);

        await InspectAsync(browser, host, pages);
    }

    [Test]
    public async Task ThePageToSignInOn_IsSo()
    {
        await using var browser = await Browser.StartAsync();
        using var directory = new TestDirectory();
        var repository = TestRepository.Create(directory.Combine("repository"));
        repository.Commit("Nothing yet");
        ReadyHost.Run("keys", "add", "ada", "--role", "viewer", "--data", directory.Combine("data"));
        await using var host = await ReadyHost.StartAsync(repository.Path, directory.Combine("data"));

        await InspectAsync(browser, host, ("sign-in", "sign-in?to=%2Fruns"), ("sign-in-failed", "sign-in?error=1"));
    }

    private static async Task InspectAsync(Browser browser, ReadyHost host, params (string Name, string Path)[] pages)
    {
        foreach (var (colors, width) in new[] { (ColorScheme.Light, 1280), (ColorScheme.Dark, 1280), (ColorScheme.Light, 390), (ColorScheme.Dark, 390) })
        {
            var page = await browser.OpenAsync(host.Api.BaseAddress!, colors, width);
            var inspected = await browser.OpenForInspectionAsync(host.Api.BaseAddress!, colors, width);
            foreach (var (name, path) in pages)
            {
                await VisitAsync(page, path);
                await VisitAsync(inspected, path);
                await ShootAsync(page, $"{name}-{colors}-{width}");
                Assert.That(await page.EvaluateAsync<int>("document.documentElement.scrollWidth"), Is.LessThanOrEqualTo(width), $"/{path} is wider than the window.");
                var findings = (await inspected.RunAxe(Wcag)).Violations;
                Assert.That(findings.Select(finding => $"/{path} {colors} {width}: {finding.Id} {finding.Help} {string.Join(' ', finding.Nodes.Select(node => node.Html))}"), Is.Empty);
            }
        }

        Assert.That(browser.Complaints, Is.Empty);
    }

    private static async Task VisitAsync(IPage page, string path)
    {
        await page.GotoAsync(path);

        // The script has run: times are written, and the log of a run is there.
        await Expect(page.Locator("time:not([title])")).ToHaveCountAsync(0);
        if (path.StartsWith("runs/", StringComparison.Ordinal))
        {
            await Expect(page.Locator("#log")).Not.ToBeEmptyAsync();
        }
    }

    private static async Task ShootAsync(IPage page, string name)
    {
        if (Shots is not null)
        {
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Shots, $"{name}.png"), FullPage = true });
        }
    }

    private static void AddPlugins(TestRepository repository) => repository
        .AddPlugin(
            "Reports",
            """
            Console.WriteLine("collecting 12 orders"); context.Logger.LogWarning("two of them have no address");
            context.ReportProgress(1, "12 of 12"); context.SetResult(new { Orders = 12, Total = 480.5 });
            await context.State.UpdateAsync<int>("sent", sent => sent + 12);
            """,
            "[Script(Description = \"Mails yesterday's totals to the team\", Tags = [\"mail\", \"daily\"])] [Schedule(\"0 6 * * MON-FRI\", TimeZone = \"Europe/Berlin\")] [Schedule(\"*/20 * * * * *\")]",
            """
            [Parameter(Description = "How many days back")] public int Days { get; init; } = 1;
            [Parameter(Description = "What to leave out")] public string? Filter { get; init; }
            [Parameter(Description = "Only show what would be sent")] public bool DryRun { get; init; }
            [Parameter(Description = "Which day a week begins with")] public DayOfWeek WeekBegins { get; init; }
            """)
        .AddPlugin("CleanUp", "throw new InvalidOperationException(\"The folder is in use.\");", "[Script(Description = \"Deletes what is older than a month\", Name = \"OldFiles\")]")
        .AddPlugin("Broken")
        .Commit("Reports and a clean-up");

    /// <summary>Something of everything that a page can show.</summary>
    private static async Task<(string Name, string Path)[]> FillAsync(ReadyHost host, TestRepository repository)
    {
        var run = await host.RunAsync("Reports.Work", new { Days = 3, DryRun = true });
        var failed = await host.RunAsync("CleanUp.OldFiles");
        await host.RunAsync("CleanUp.OldFiles");
        for (var i = 0; i < 5; i++)
        {
            await host.RunAsync("Reports.Work");
        }

        await host.PostAsync("api/v1/scripts/CleanUp.OldFiles/pause");
        repository.Replace("plugins/Broken/Work.cs", "SetResult(1)", "SetResult(missing)").Commit("Break one of them");
        var first = (await host.GetAsync("api/v1/deployments"))["items"]!.AsArray()[^1]!;
        var deployment = await host.SyncAsync();
        repository.Replace("plugins/Reports/Work.cs", "12 orders", "13 orders").Commit("One more order");
        await host.SyncAsync();
        var version = (await host.GetAsync("api/v1/plugins/Reports"))["live"]!["version"];
        return
        [
            ("scripts", ""), ("script", "scripts/Reports.Work"), ("script-plain", "scripts/CleanUp.OldFiles"), ("runs", "runs"), ("times", "occurrences"), ("run", $"runs/{run["id"]}"), ("run-failed", $"runs/{failed["id"]}"),
            ("deployments", "deployments"), ("deployment", $"deployments/{deployment["id"]}"), ("deployment-warned", $"deployments/{first["id"]}"), ("version", $"plugins/Reports/versions/{version}"), ("plugin", "plugins/Reports"), ("plugin-broken", "plugins/Broken"), ("host", "host"), ("audit", "audit"),
        ];
    }
}
