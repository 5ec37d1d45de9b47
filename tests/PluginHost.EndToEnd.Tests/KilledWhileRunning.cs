using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The host is killed again and again while scripts run by the second and by hand; what it said it had done is done.</summary>
/// <remarks>Judged from the outside: by what the API acknowledged, by what the scripts wrote down, and by the clock.</remarks>
public sealed class KilledWhileRunning : HostTestBase
{
    private const int Schedules = 20;
    private const int Callers = 16;

    private readonly ConcurrentDictionary<string, bool> _acknowledged = new();

    // PLUGINHOST_TESTS_KILLS asks for more.
    private static int Kills => Asked.Number("PLUGINHOST_TESTS_KILLS", 8);

    private string Executed => Folder.Combine("executed");

    [Test]
    public async Task NoRunIsMissing_NoneRunsTwice_AndEverySecondIsAccountedFor()
    {
        Repository.AddPlugin("A", Note).Write("plugins/A/Tick.cs", PluginSource.Script(Note, Attributes, name: "Tick")).Commit("First");
        var random = new Random(20261125);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var host = await StartUnsuspectingAsync();
            using var stop = new CancellationTokenSource();
            var callers = Enumerable.Range(0, Callers).Select(_ => CallAsync(host, stop.Token)).ToArray();
            await Task.Delay(random.Next(200, 2000));
            await host.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(callers);
        }

        await using var last = await StartUnsuspectingAsync();
        await last.UntilAsync("api/v1/status", status => status["counts"]!["queuedRuns"]!.GetValue<int>() == 0);
        TestContext.Out.WriteLine($"{_acknowledged.Count} runs were acknowledged, {(await File.ReadAllLinesAsync(Executed)).Length} were executed.");
        await NoAcknowledgedRunIsMissingAsync(last);
        await NoRunWasExecutedTwiceAsync();
        await EverySecondHasOneOutcomeAsync(last);
    }

    // The same scripts are under way each time, and have nothing to do with it; and no run is deleted because there are so many.
    private Task<ReadyHost> StartUnsuspectingAsync() => ReadyHost.StartAsync(Repository.Path, Data, environment: new Dictionary<string, string>
    {
        ["PluginHost__Runs__Quarantine__Crashes"] = "0", ["PluginHost__Retention__Runs__Count"] = "100000000",
    });

    private static string Attributes => string.Concat(Enumerable.Repeat("[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow, CatchUp = CatchUpPolicy.All)]", Schedules));

    private string Note => $$"""
        lock (typeof(System.Random))
        {
            System.IO.File.AppendAllText("{{Executed}}", context.RunId + "\n");
        }
        """;

    private async Task CallAsync(ReadyHost host, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var answer = await host.Api.PostAsync("api/v1/scripts/A.Work/runs", null, stop);
                Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
                _acknowledged[JsonNode.Parse(await answer.Content.ReadAsStringAsync(stop))!["id"]!.ToString()] = true;
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or System.Net.Sockets.SocketException)
            {
                return;
            }
        }
    }

    private async Task NoAcknowledgedRunIsMissingAsync(ReadyHost host)
    {
        var stored = await ListAsync(host, "api/v1/runs?script=A.Work&limit=500");
        var ids = stored.Select(run => run["id"]!.ToString()).ToHashSet();
        Assert.That(ids, Has.Count.EqualTo(stored.Count), "no run is recorded twice");
        Assert.That(_acknowledged.Keys.Where(id => !ids.Contains(id)), Is.Empty, "acknowledged and not in the history");
        Assert.That(stored.Where(run => run["finishedAt"] is null), Is.Empty, "neither at work nor waiting, and without an end");
    }

    private async Task NoRunWasExecutedTwiceAsync()
    {
        // The last line may have been cut by the kill.
        var executed = (await File.ReadAllLinesAsync(Executed)).Where(id => id.Length == 32).ToList();
        Assert.That(executed, Is.Unique);
    }

    private static async Task EverySecondHasOneOutcomeAsync(ReadyHost host)
    {
        var rows = await ListAsync(host, "api/v1/occurrences?script=A.Tick&limit=500");
        var bySchedule = rows.GroupBy(row => row["schedule"]!.ToString()).ToList();
        Assert.That(bySchedule, Has.Count.EqualTo(Schedules));
        foreach (var schedule in bySchedule)
        {
            DateTimeOffset? last = null;
            foreach (var row in schedule.OrderBy(row => row.Moment("due")))
            {
                Assert.That(last is null || row.Moment("due") == last.Value.AddSeconds(1), $"{schedule.Key}: after {last:O} comes {row.ToJsonString()}");
                last = row.Moment("until");
                Assert.That((last.Value - row.Moment("due")).TotalSeconds + 1, Is.EqualTo(row["count"]!.GetValue<double>()), row.ToJsonString());
            }
        }
    }

    private static async Task<List<JsonNode>> ListAsync(ReadyHost host, string path)
    {
        var items = new List<JsonNode>();
        for (string? after = ""; after is not null;)
        {
            var page = await host.GetAsync($"{path}&after={after}");
            items.AddRange(page["items"]!.AsArray().Select(item => item!));
            after = page["next"]?.ToString();
        }

        return items;
    }
}
