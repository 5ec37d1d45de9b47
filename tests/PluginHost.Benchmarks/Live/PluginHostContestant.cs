using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Live;

/// <summary>The ready host, told to look: from the arrival of the request until the new version is live.</summary>
internal sealed class PluginHostContestant(ReadyHost host, TestRepository repository) : IContestant
{
    private readonly Dictionary<string, Samples> _stages = [];

    public string Name => "PluginHost: commit -> live";

    public static async Task<PluginHostContestant> StartAsync(string folder)
    {
        var repository = TestRepository.Create(Path.Combine(folder, "repository"));
        repository.AddPlugin("A", "context.SetResult(0);").Commit("First");
        return new PluginHostContestant(await ReadyHost.StartAsync(repository.Path, Path.Combine(folder, "data"), poll: "1h"), repository);
    }

    /// <summary>The NuGet source in which such a host offers the contract.</summary>
    public static string ContractOf(string folder) => Path.Combine(folder, "data", "builds", ".contract");

    public async Task<TimeSpan> MeasureAsync(int number)
    {
        var commit = repository.Write("plugins/A/Work.cs", PluginSource.Script($"context.SetResult({number});")).Commit($"Answer {number}");

        var watch = Stopwatch.StartNew();
        var receipt = await host.SyncAsync();
        var time = watch.Elapsed;

        var answer = await host.RunAsync("A.Work");
        if (receipt["commit"]!.ToString() != commit || answer["result"]!.GetValue<int>() != number)
        {
            throw new InvalidOperationException($"Commit {commit} is not live: {receipt.ToJsonString()}");
        }

        Remember(receipt);
        return time;
    }

    public string Stages() => "  its stages, medians in ms: " + string.Join(", ", _stages.Select(stage =>
        string.Create(CultureInfo.InvariantCulture, $"{stage.Key} {stage.Value.Median:F0}")));

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private void Remember(JsonNode receipt)
    {
        foreach (var stage in receipt["stages"]!.AsArray())
        {
            var name = stage!["name"]!.ToString();
            if (!_stages.TryGetValue(name, out var samples))
            {
                _stages[name] = samples = new Samples(name);
            }

            samples.Add(TimeSpan.FromMilliseconds(stage["durationMs"]!.GetValue<long>()));
        }
    }
}
