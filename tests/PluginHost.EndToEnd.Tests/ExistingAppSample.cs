using System.Net.Http.Json;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The sample that has the host inside an app of its own.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class ExistingAppSample
{
    [Test]
    public async Task ItsScript_GetsTheAppsOwnService_UnderTheAppsOwnPath()
    {
        using var directory = new TestDirectory();
        var repository = TestRepository.Create(directory.Combine("repository"));
        repository.CopyFrom(Repository.Root, "samples/ExistingApp/Orders.Contract", "samples/ExistingApp/scripts").Commit("The sample");
        await using var app = await ReadyHost.StartInAppAsync("ExistingApp", "scripts/", repository.Path, directory.Combine("data"));

        using var added = await app.Api.PostAsJsonAsync("/orders", new { customer = "Grace", amount = 100 });
        added.EnsureSuccessStatusCode();
        var run = await app.RunAsync("OrderTotals.SumOrders", new { atLeast = 20 });

        Assert.That(run["state"]?.ToString(), Is.EqualTo("succeeded"), $"{run.ToJsonString()} {app.Output}");
        Assert.That(
            run["result"]!.AsArray().Select(customer => customer!["customer"]!.ToString()),
            Is.EqualTo(new[] { "Grace", "Ada" }),
            "Grace is known to the app alone, by the request above");
        Assert.That(await app.Api.GetStringAsync("/orders"), Does.Contain("Grace"), "the app's own endpoints are where they were");
    }
}
