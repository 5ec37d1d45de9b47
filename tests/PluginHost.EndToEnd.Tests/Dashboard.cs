using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PluginHost.TestInfra;
using static Microsoft.Playwright.Assertions;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The pages in a real browser, on the ready host and a real repository.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class Dashboard
{
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private Browser _browser = null!;

    [SetUp]
    public async Task SetUp()
    {
        _browser = await Browser.StartAsync();
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("repository"));
    }

    [TearDown]
    public async Task TearDown()
    {
        // Both are null when Chromium is missing and the test was ignored.
        _directory?.Dispose();
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    [Test]
    public async Task TheRunButton_OpensTheRun_WithItsLogAsItIsWritten()
    {
        _repository.AddPlugin(
            "Report",
            $$"""
            Console.WriteLine("collecting");
            while (!File.Exists("{{_directory.Combine("go")}}")) await Task.Delay(20, cancellationToken);
            Console.WriteLine("done <b>&</b>");
            context.SetResult(new { total = 7 });
            """,
            "[Script(Description = \"Collects <things>\")] [Schedule(\"0 6 1 1 *\")]").Commit("First");
        await using var host = await StartAsync();
        var page = await OpenAsync(host);
        await page.GotoAsync("");

        var row = page.Locator("tr[data-script='Report.Work']");
        await Expect(row).ToContainTextAsync("Collects <things>");
        await Expect(row.GetByText(new Regex("^[0-9a-f]{7}-[0-9a-f]+$"))).ToBeVisibleAsync();
        await Expect(row.Locator("td[data-label='Next run']")).ToContainTextAsync(new Regex(@"^in \d+ d$"));
        await Expect(row.Locator("td[data-label='Last run']")).ToHaveTextAsync("never");
        await row.GetByRole(AriaRole.Button, new() { Name = "Run Report.Work" }).ClickAsync();

        // The first line is there while the script still waits.
        var log = page.Locator("#log");
        await Expect(log).ToHaveTextAsync(new Regex(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d OUT collecting\s*$"));
        await Expect(page.Locator("#state")).ToHaveTextAsync("running");
        await File.WriteAllTextAsync(_directory.Combine("go"), "");
        await Expect(page.Locator("#state")).ToHaveTextAsync("succeeded");
        await Expect(log).ToContainTextAsync("OUT done <b>&</b>");
        await Expect(page.Locator("#result")).ToContainTextAsync("\"total\": 7");

        await page.GetByRole(AriaRole.Link, new() { Name = "Scripts" }).ClickAsync();
        await Expect(row.Locator("td[data-label='Last run']")).ToContainTextAsync("succeeded");
        Assert.That(_browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task Commits_ShowByThemselves_WithoutReloading()
    {
        _repository.AddPlugin("Report").Commit("First");
        await using var host = await StartAsync();
        var page = await OpenAsync(host);
        await page.GotoAsync("");
        await page.EvaluateAsync("window.loadedOnce = true");
        var version = page.Locator("tr[data-script='Report.Work'] td[data-label='Live version'] code");

        var second = _repository.Replace("plugins/Report/Work.cs", "SetResult(1)", "SetResult(2)").Commit("Second");
        await Expect(version).ToContainTextAsync(second[..7]);

        _repository.Replace("plugins/Report/Work.cs", "SetResult(2)", "SetResult(2").Commit("Break it");
        var problem = page.GetByRole(AriaRole.Region, new() { Name = "Problem of Report" });
        await Expect(problem).ToContainTextAsync("plugins/Report/Work.cs:12:");
        await Expect(problem).ToContainTextAsync($"Version {second[..7]}");
        await Expect(version).ToContainTextAsync(second[..7]);

        _repository.Replace("plugins/Report/Work.cs", "SetResult(2", "SetResult(3)").Commit("Heal it");
        await Expect(problem).ToHaveCountAsync(0);
        Assert.That(await page.EvaluateAsync<bool>("window.loadedOnce === true"), "The page was loaded anew.");
        Assert.That(_browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task LongWork_IsShown_WhileItIsUnderWay()
    {
        _repository.AddPlugin("Report").Commit("First");
        await using var host = await StartAsync();
        var page = await OpenAsync(host);
        await page.GotoAsync("");
        await Expect(page.Locator("tr[data-script]")).ToHaveCountAsync(1);
        var underWay = page.GetByRole(AriaRole.Region, new() { Name = "Under way" });
        await Expect(underWay).ToHaveCountAsync(0);

        // This build ends when the test says so.
        var hold = $"<Target Name=\"Hold\" BeforeTargets=\"CoreCompile\"><Exec Command=\"while [ ! -f {_directory.Combine("go")} ]; do sleep 0.1; done\" /></Target>";
        _repository.Replace("plugins/Report/Report.csproj", "</Project>", $"{hold}</Project>").Commit("Build slowly");

        await Expect(underWay).ToContainTextAsync("Report");
        await Expect(underWay.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await File.WriteAllTextAsync(_directory.Combine("go"), "");
        await Expect(underWay).ToHaveCountAsync(0);
        Assert.That(_browser.Complaints, Is.Empty);
    }

    [Test]
    public async Task TheForm_TakesParameters_AndSaysWhatIsWrongWithThem()
    {
        _repository.AddPlugin(
            "Report", "context.SetResult(Days * 2);",
            members: "[Parameter(Description = \"How many\"), System.ComponentModel.DataAnnotations.Range(1, 9)] public int Days { get; init; } = 1;").Commit("First");
        await using var host = await StartAsync();
        var page = await OpenAsync(host);
        await page.GotoAsync("scripts/Report.Work");

        await page.GetByLabel("Days").FillAsync("99");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(page.Locator("[data-error='Days']")).ToContainTextAsync("9");

        await page.GetByLabel("Days").FillAsync("4");
        await page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync();
        await Expect(page.Locator("#result")).ToHaveTextAsync("8");

        var started = page.Locator("dt:text-is('Started') + dd time");
        var at = DateTimeOffset.Parse((await started.GetAttributeAsync("datetime"))!, CultureInfo.InvariantCulture);
        var viewers = TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(Browser.TimeZone));
        await Expect(started).ToHaveTextAsync(viewers.ToString("dd/MM/yyyy, HH:mm:ss", CultureInfo.InvariantCulture));
    }

    [Test]
    public async Task Schedules_AreAddedChangedAndTakenBack_OnTheScriptsPage()
    {
        _repository.AddPlugin(
            "Report", "context.SetResult(Days);", "[Schedule(\"0 6 1 1 *\")]",
            members: "[Parameter, System.ComponentModel.DataAnnotations.Range(1, 9)] public int Days { get; init; } = 1;").Commit("First");
        await using var host = await StartAsync();
        var page = await OpenAsync(host);
        await page.GotoAsync("scripts/Report.Work");
        var rows = page.Locator("#times tbody tr");

        await page.GetByText("Add a schedule").ClickAsync();
        var form = page.Locator("#set-new");
        await form.GetByLabel("Name").FillAsync("nightly");
        await form.GetByLabel("Cron").FillAsync("61 3 * * *");
        await form.GetByLabel("Parameters").FillAsync("{ \"Days\": 99 }");
        await form.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(form.Locator("[data-error='cron']")).ToContainTextAsync("Minutes");
        await Expect(form.Locator("[data-error='parameters']")).ToContainTextAsync("9");
        await form.GetByLabel("Cron").FillAsync("0 3 * * *");
        await form.GetByLabel("Parameters").FillAsync("{ \"Days\": 7 }");
        await form.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
        await Expect(rows.Nth(1)).ToContainTextAsync("nightly");
        await Expect(rows.Nth(1).Locator("time[data-style='absolute']")).ToHaveCountAsync(5);

        await page.GetByText("Change \"0 6 1 1 *\"").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Disable" }).First.ClickAsync();
        await Expect(rows.Nth(0)).ToContainTextAsync("disabled");
        await page.GetByText("Change \"0 6 1 1 *\"").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Back to what the code says" }).ClickAsync();
        await Expect(rows.Nth(0)).ToContainTextAsync("the code");

        await page.GetByText("Change \"0 3 * * *\" (nightly)").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        Assert.That(_browser.Complaints.Where(complaint => !complaint.Contains("400", StringComparison.Ordinal)), Is.Empty);
    }

    private Task<ReadyHost> StartAsync() => ReadyHost.StartAsync(_repository.Path, _directory.Combine("data"));

    private Task<IPage> OpenAsync(ReadyHost host) => _browser.OpenAsync(host.Api.BaseAddress!);
}
