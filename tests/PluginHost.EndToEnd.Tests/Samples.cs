using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Each of the samples, started as a process and used as its README says.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
[NonParallelizable] // It builds the samples where they are.
public sealed class Samples : HostTestBase
{
    [Test]
    public async Task Shop_ItsScriptsUseTheAppsDatabaseAndServices_UnderTheAppsOwnPath()
    {
        Repository.CopyFrom(TestInfra.Repository.Root, "samples/Shop/Shop.Contract", "samples/Shop/scripts").Commit("The sample");
        var shop = new Dictionary<string, string> { ["ConnectionStrings__Shop"] = $"Data Source={Folder.Combine("shop.db")}" };
        await using var app = await ReadyHost.StartInAppAsync("Shop", "scripts/", Repository.Path, Data, shop);
        using var placed = await app.Api.PostAsJsonAsync("/orders", new { customer = "Grace", sku = "MUG", pieces = 5 });
        placed.EnsureSuccessStatusCode();

        var totals = await app.RunAsync("Reports.NightlyTotals", new { day = $"{DateTime.UtcNow:yyyy-MM-dd}" });
        Assert.That(totals["result"]?["totals"]?.ToJsonString(), Is.EqualTo("""[{"sku":"MUG","pieces":5,"revenue":62.5}]"""), $"{totals.ToJsonString()} {app.Output}");
        var restocked = (await app.UntilAsync("api/v1/runs?script=Stock.Restock&state=succeeded", runs => runs["items"]!.AsArray().Count > 0))["items"]![0]!;
        Assert.That(restocked["result"]!.ToJsonString(), Is.EqualTo("""{"MUG":43}"""), "it follows the totals, and sees that 7 are left");

        var refused = await app.RunAsync("Stock.PriceImport", new { prices = "MUG;13\nPEN;30" });
        Assert.That(refused["error"]?["message"]?.ToString(), Does.Contain("PEN would go from 3 to 30"), refused.ToJsonString());
        Assert.That(await ProductsAsync(app), Is.EqualTo("MUG 12.5 50, PEN 3 100"), "nothing of the list has been taken over");
        var imported = await app.RunAsync("Stock.PriceImport", new { prices = "MUG;13\nPEN;3.10" });
        Assert.That(imported["state"]!.ToString(), Is.EqualTo("succeeded"), imported.ToJsonString());
        Assert.That(await ProductsAsync(app), Is.EqualTo("MUG 13 50, PEN 3.1 100"));
    }

    [Test]
    public async Task ScriptsOnly_LetsNobodyInWithoutAKey_AndViewersOnlyLook()
    {
        Repository.CopyFrom(TestInfra.Repository.Root, "plugins").Commit("The examples");
        var keys = new Dictionary<string, string>
        {
            ["Keys__ada__Sha256"] = Sha256("ada's key"), ["Keys__ada__Role"] = "operator", ["Keys__vera__Sha256"] = Sha256("vera's key"),
            ["Keys__nobody__Role"] = "operator",
        };
        await using var app = await ReadyHost.StartInAppAsync("ScriptsOnly", "", Repository.Path, Data, keys);

        Assert.That((await StatusAsync(null), await StatusAsync("ada:vera's key"), await StatusAsync("nobody:"), await StatusAsync("vera:vera's key")), Is.EqualTo((401, 401, 401, 200)));
        var refused = await app.PostAsync("api/v1/scripts/HelloWorld.Greet/runs");
        Assert.That(refused["status"]?.GetValue<int>(), Is.EqualTo(403), refused.ToJsonString());
        await StatusAsync("ada:ada's key");
        var run = await app.RunAsync("HelloWorld.Greet", new { name = "Ada" });
        Assert.That((run["state"]?.ToString(), run["requestedBy"]?.ToString()), Is.EqualTo(("succeeded", "ada")), run.ToJsonString());

        async Task<int> StatusAsync(string? caller)
        {
            app.Api.DefaultRequestHeaders.Authorization = caller is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(caller)));
            using var answer = await app.Api.GetAsync("api/v1/status");
            return (int)answer.StatusCode;
        }
    }

    [Test]
    public async Task Worker_HandsEachFileToTheScript_PutsItAwayWithWhatCameOfIt_AndTriesItAgainWhenItIsMovedBack()
    {
        Repository.CopyFrom(TestInfra.Repository.Root, "samples/Worker/scripts").Commit("The sample");
        var inbox = Folder.Combine("inbox");
        Directory.CreateDirectory(inbox);
        await File.WriteAllTextAsync(Path.Combine(inbox, "good.csv"), "north;3\nsouth;4\nnorth;5\n");
        await File.WriteAllTextAsync(Path.Combine(inbox, "bad.csv"), "north;3\nsouth\n");

        using var worker = SampleProcess.Start("Worker", new() { ["Inbox__Folder"] = inbox, ["PluginHost__Sources__default__Url"] = Repository.Path, ["PluginHost__DataDirectory"] = Data });
        var patience = (int)ReadyHost.Patience.TotalMilliseconds;
        Assert.That(() => Directory.GetFiles(inbox), Is.Empty.After(patience, 50));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(inbox, "done", "good.csv.txt")), Is.EqualTo("""{"north":8,"south":4}"""));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(inbox, "failed", "bad.csv.txt")), Is.EqualTo("Failed: Line 2 is not station;reading: 'south'."));

        // The script is mended, and the file is moved back until the new version has taken it.
        Repository.Replace("samples/Worker/scripts/Files/SumReadings.cs", "throw new InvalidDataException($\"Line {number} is not station;reading: '{line}'.\");", "continue;").Commit("Skip such lines");
        Assert.That(TryAgain, Is.True.After(patience, 50));
        Assert.That(await File.ReadAllTextAsync(Path.Combine(inbox, "done", "bad.csv.txt")), Is.EqualTo("""{"north":3}"""));

        bool TryAgain()
        {
            if (File.Exists(Path.Combine(inbox, "failed", "bad.csv")))
            {
                File.Move(Path.Combine(inbox, "failed", "bad.csv"), Path.Combine(inbox, "bad.csv"));
            }

            return File.Exists(Path.Combine(inbox, "done", "bad.csv"));
        }
    }

    [Test]
    public async Task Notifications_AreSentByScriptsAndByTheHost_AndTheSecretIsInNoLog()
    {
        const string Secret = "T0K3N";
        Repository.CopyFrom(TestInfra.Repository.Root, "samples/Notifications/scripts").Replace("samples/Notifications/scripts/Notify/WatchSite.cs", "[Schedule(\"* * * * *\")]", "").Commit("The sample");
        await using var channel = new WebhookReceiver();
        await using var mail = new MailReceiver();
        var settings = new Dictionary<string, string>
        {
            ["PluginHost__Scripts__Notify.WatchSite__Site"] = $"http://127.0.0.1:{Server.FreePort()}/", ["PluginHost__Scripts__Notify.WatchSite__WebhookUrl"] = channel.Url + Secret,
            ["PluginHost__Scripts__Notify.MailDiskSpace__Host"] = "127.0.0.1", ["PluginHost__Scripts__Notify.MailDiskSpace__Port"] = $"{mail.Port}",
            ["PluginHost__Alerts__Rules__team__Url"] = channel.Url + Secret, ["PluginHost__Alerts__Rules__team__On__0"] = "RunFailed",
        };
        await using var app = await ReadyHost.StartInAppAsync("Notifications", "", Repository.Path, Data, settings);

        var watched = await app.RunAsync("Notify.WatchSite");
        Assert.That(watched["result"]?["isUp"]?.GetValue<bool>(), Is.False, $"{watched.ToJsonString()} {app.Output}");
        Assert.That((await channel.NextAsync())["text"]!.ToString(), Does.EndWith("does not answer."));
        var mailed = await app.RunAsync("Notify.MailDiskSpace", new { belowPercent = 100 });
        Assert.That(mailed["state"]!.ToString(), Is.EqualTo("succeeded"), mailed.ToJsonString());
        Assert.That(await mail.NextAsync(), Does.Contain("disks are nearly full").And.Contain("% free"));

        Repository.Replace("samples/Notifications/scripts/Notify/WatchSite.cs", "var isUp = await", "throw new InvalidOperationException(\"broken\"); var isUp = await").Commit("Break it");
        await app.SyncAsync();
        var failed = await app.RunAsync("Notify.WatchSite");
        Assert.That((await channel.NextAsync())["title"]?.ToString(), Is.EqualTo("Notify.WatchSite failed."), failed.ToJsonString());

        var log = await app.Api.GetStringAsync($"api/v1/runs/{watched["id"]}/log");
        Assert.That(log, Does.Contain("does not answer"));
        Assert.That(log + app.Output + await app.Api.GetStringAsync("api/v1/scripts/Notify.WatchSite") + await app.Api.GetStringAsync("api/v1/host"), Does.Not.Contain(Secret));
    }

    private static async Task<string> ProductsAsync(ReadyHost app) => string.Join(
        ", ", (await app.GetAsync("/products")).AsArray().Select(product => $"{product!["sku"]} {product["price"]} {product["stock"]}"));

    private static string Sha256(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
