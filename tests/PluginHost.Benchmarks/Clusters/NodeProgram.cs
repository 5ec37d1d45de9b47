using System.Globalization;
using System.Text.Json;

namespace PluginHost.Benchmarks.Clusters;

/// <summary>What the process of a node does: it takes part, and answers each line that it is told with a line.</summary>
internal static class NodeProgram
{
    public const string Ready = "ready";

    public static async Task RunAsync(string contestant, ClusterLoad load)
    {
        var recorder = new ClusterRecorder();
        await using var node = ClusterBenchmark.Contestants[contestant]();
        await node.StartAsync(load, recorder);
        Answer(Ready);

        // Until the benchmark closes its end, be it that it has ended itself.
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Answer(await ObeyAsync(line.Split(' '), node, recorder));
        }
    }

    private static async Task<string> ObeyAsync(string[] words, IClusterNode node, ClusterRecorder recorder)
    {
        switch (words)
        {
            case ["ask", var count]:
                await AskAsync(node, int.Parse(count, CultureInfo.InvariantCulture));
                return "asked";
            case ["ran"]:
                return recorder.Ran.ToString(CultureInfo.InvariantCulture);
            case ["settle"]:
                await node.SettleAsync();
                return "settled";
            case ["run", var script]:
                return JsonSerializer.Serialize(await ((PluginHostNode)node).StartRunAsync(script));
            case ["cancel", var run]:
                return JsonSerializer.Serialize(await ((PluginHostNode)node).CancelAsync(run));
            case ["marks"]:
                return JsonSerializer.Serialize(recorder.TakeMarks());
            case ["starts", var from, var to]:
                return JsonSerializer.Serialize(recorder.Between(long.Parse(from, CultureInfo.InvariantCulture), long.Parse(to, CultureInfo.InvariantCulture)));
            default:
                throw new ArgumentException($"'{string.Join(' ', words)}' is nothing that a node is told.", nameof(words));
        }
    }

    private static Task AskAsync(IClusterNode node, int count)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, ClusterLoad.Workers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await node.AskAsync();
            }
        })));
    }

    private static void Answer(string line)
    {
        Console.Out.WriteLine(line);
        Console.Out.Flush();
    }
}
