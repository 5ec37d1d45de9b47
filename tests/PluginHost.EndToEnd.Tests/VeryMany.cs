using System.Globalization;
using Microsoft.Playwright;
using PluginHost.TestInfra;
using static Microsoft.Playwright.Assertions;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Pages of very much stay pages that can be used: all of it is there, and what is in sight is what is laid out.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class VeryMany : HostTestBase
{
    private const int Scripts = 1000;
    private const int Lines = 100_000;

    // Told, not judged: how long a browser is busy is the machine's affair.
    private const string CountLongTasks = "window.busy = []; new PerformanceObserver(list => { for (const task of list.getEntries()) window.busy.push(Math.round(task.duration)); }).observe({ type: 'longtask', buffered: true });";

    private Browser _browser = null!;

    [SetUp]
    public async Task StartBrowser() => _browser = await Browser.StartAsync();

    [TearDown]
    public async Task StopBrowser()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }
    }

    [Test]
    public async Task AThousandScripts_AndAHundredThousandLines_AreThereAndFound()
    {
        Repository.Write("plugins/Many/Many.csproj", PluginSource.Project());
        for (var number = 0; number < Scripts; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"S{number:D4}");
            Repository.Write($"plugins/Many/{name}.cs", PluginSource.Script("context.SetResult(1);", "[Schedule(\"0 6 1 1 *\")]", name: name));
        }

        Repository.AddPlugin("Talk", $"for (var i = 0; i < {Lines}; i++) Console.WriteLine($\"line {{i}}\"); context.Logger.LogWarning(\"the last\");").Commit("Very many");
        await using var host = await StartAsync();
        var run = (await host.RunAsync("Talk.Work"))["id"];
        var page = await _browser.OpenAsync(host.Api.BaseAddress!);
        await page.AddInitScriptAsync(CountLongTasks);

        await page.GotoAsync("");
        await Expect(page.Locator("tr[data-script]")).ToHaveCountAsync(Scripts + 1);
        await page.GetByLabel("Search").FillAsync("s0500");
        await Expect(page.Locator("tr[data-script]:visible")).ToHaveCountAsync(1);
        await TellAsync(page, "scripts");

        // Rows that stayed are the same elements after the page was fetched anew: focus and selection survive.
        await page.EvaluateAsync("document.querySelector(\"tr[data-script='Many.S0500']\").marked = true");
        await host.PostAsync("api/v1/scripts/Many.S0500/pause");
        await Expect(page.Locator("tr[data-script='Many.S0500']")).ToContainTextAsync("paused");
        Assert.That(await page.EvaluateAsync<bool>("document.querySelector(\"tr[data-script='Many.S0500']\").marked === true"));

        await page.GotoAsync($"runs/{run}");
        await Expect(page.Locator("#log-count")).ToHaveTextAsync($"{Lines + 1} lines", new() { Timeout = 120_000 });
        Assert.That(await page.Locator("#log .block").CountAsync(), Is.EqualTo((Lines / 200) + 1), "blocks, of which those out of sight are not laid out");
        Assert.That(await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('#log .block')).contentVisibility"), Is.EqualTo("auto"));
        await page.WaitForFunctionAsync("(log => log.scrollTop + log.clientHeight >= log.scrollHeight - 8)(document.getElementById('log'))");
        await Expect(page.GetByLabel("Follow")).ToBeCheckedAsync();
        await page.Locator("#log").HoverAsync();
        await page.Mouse.WheelAsync(0, -2000);
        await Expect(page.GetByLabel("Follow")).Not.ToBeCheckedAsync();
        await page.GetByLabel("Search").FillAsync("line 77777");
        await Expect(page.Locator("#log-count")).ToHaveTextAsync($"1 of {Lines + 1} lines");
        await page.GetByLabel("Search").FillAsync("");
        await page.GetByLabel("Level").SelectOptionAsync("WRN");
        await Expect(page.Locator("#log-count")).ToHaveTextAsync($"1 of {Lines + 1} lines");
        await TellAsync(page, "log");
        Assert.That(_browser.Complaints, Is.Empty);
    }

    private static async Task TellAsync(IPage page, string what) => await TestContext.Out.WriteLineAsync(
        $"{what}: {await page.EvaluateAsync<string>("`${window.busy.length} long tasks, ${window.busy.reduce((a, b) => a + b, 0)} ms in all, the longest ${Math.max(0, ...window.busy)} ms`")}");
}
