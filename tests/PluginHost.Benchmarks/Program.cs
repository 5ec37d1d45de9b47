using System.Globalization;
using System.Text.Json;
using PluginHost.Benchmarks;
using PluginHost.Benchmarks.Clusters;
using PluginHost.Benchmarks.Dispatch;
using PluginHost.Benchmarks.Isolation;
using PluginHost.Benchmarks.Lateness;
using PluginHost.Benchmarks.Live;
using PluginHost.Benchmarks.Memory;
using PluginHost.Benchmarks.Scale;
using PluginHost.Benchmarks.Swap;
using PluginHost.Benchmarks.Web;
using PluginHost.TestInfra;

var benchmarks = new Dictionary<string, Func<Task>>
{
    ["live"] = LiveBenchmark.RunAsync,
    ["scale"] = ScaleBenchmark.RunAsync,
    ["swap"] = SwapBenchmark.RunAsync,
    ["dispatch"] = DispatchBenchmark.RunAsync,
    ["isolation"] = IsolationBenchmark.RunAsync,
    ["lateness"] = LatenessBenchmark.RunAsync,
    ["memory"] = MemoryBenchmark.RunAsync,
    ["web"] = WebBenchmark.RunAsync,
    ["cluster"] = ClusterBenchmark.RunAsync,
};

if (args is ["contestant", var contestant, var count])
{
    // The benchmark runs itself for each contestant, so that memory and processor time are the contestant's own.
    await LatenessBenchmark.TakePartAsync(contestant, int.Parse(count, CultureInfo.InvariantCulture));
    return 0;
}

if (args is ["node", var node, var load])
{
    await NodeProgram.RunAsync(node, JsonSerializer.Deserialize<ClusterLoad>(load)!);
    return 0;
}

if (args.FirstOrDefault(name => !benchmarks.ContainsKey(name)) is { } unknown)
{
    Console.Error.WriteLine($"There is no benchmark '{unknown}'. There are: {string.Join(", ", benchmarks.Keys)}.");
    return 2;
}

// A thousand plugins are built for many minutes.
ReadyHost.Patience = TimeSpan.FromMinutes(30);
Console.WriteLine(Machine.Describe());
foreach (var name in args.Length > 0 ? args : [.. benchmarks.Keys])
{
    await benchmarks[name]();
}

return 0;
