using Microsoft.Playwright;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A real Chromium, and everything that its pages complained of.</summary>
internal sealed class Browser : IAsyncDisposable
{
    /// <summary>Neither UTC nor the zone of a machine that is likely to run this.</summary>
    public const string TimeZone = "Asia/Tokyo";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _chromium;
    private readonly List<string> _complaints = [];

    private Browser(IPlaywright playwright, IBrowser chromium) => (_playwright, _chromium) = (playwright, chromium);

    /// <summary>Console errors, exceptions and violations of the content security policy.</summary>
    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_complaints)
            {
                return [.. _complaints];
            }
        }
    }

    public static async Task<Browser> StartAsync()
    {
        var program = Requires.Program("chromium", "chromium", "chromium-browser", "google-chrome");
        Assertions.SetDefaultExpectTimeout(60_000);
        var playwright = await Playwright.CreateAsync();
        var chromium = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        return new Browser(playwright, chromium);
    }

    /// <summary>A page as a person has it.</summary>
    public async Task<IPage> OpenAsync(Uri address, ColorScheme colors = ColorScheme.Light, int width = 1280)
    {
        var page = await NewPageAsync(address, colors, width, bypassPolicy: false);
        page.Console += (_, message) => Complain(message.Type == "error", $"{page.Url}: {message.Text}");
        page.PageError += (_, error) => Complain(true, $"{page.Url}: {error}");
        page.RequestFailed += (_, request) => Complain(request.Failure?.Contains("csp", StringComparison.OrdinalIgnoreCase) == true, $"{page.Url}: {request.Url} {request.Failure}");
        return page;
    }

    /// <summary>A page that takes scripts from outside, as inspecting it does; its complaints are not the page's own.</summary>
    public Task<IPage> OpenForInspectionAsync(Uri address, ColorScheme colors, int width) => NewPageAsync(address, colors, width, bypassPolicy: true);

    public async ValueTask DisposeAsync()
    {
        await _chromium.DisposeAsync();
        _playwright.Dispose();
    }

    private async Task<IPage> NewPageAsync(Uri address, ColorScheme colors, int width, bool bypassPolicy)
    {
        var context = await _chromium.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(), TimezoneId = TimeZone, Locale = "en-GB", ColorScheme = colors, BypassCSP = bypassPolicy,
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
        });
        return await context.NewPageAsync();
    }

    private void Complain(bool isOne, string text)
    {
        if (isOne)
        {
            lock (_complaints)
            {
                _complaints.Add(text);
            }
        }
    }
}
