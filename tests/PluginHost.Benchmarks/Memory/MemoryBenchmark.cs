using System.Globalization;
using PluginHost.Benchmarks.Scale;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Memory;

/// <summary>What a host takes that has been started on so many plugins, apart from its build servers.</summary>
internal static class MemoryBenchmark
{
    public static async Task RunAsync()
    {
        Console.WriteLine();
        Console.WriteLine("memory: resident MiB of a host after its start, build servers apart");
        var none = 0.0;
        foreach (var size in ScaleBenchmark.Sizes().Where(size => size >= 100).Prepend(0))
        {
            using var directory = new TestDirectory();
            var repository = new ScaleRepository(directory.Combine("repository"), size);
            await using (await ReadyHost.StartAsync(repository.Path, directory.Combine("data"), poll: "1h"))
            {
                // Built once; what counts is the host that starts on what is built.
            }

            await using var host = await ReadyHost.StartAsync(repository.Path, directory.Combine("data"), poll: "1h");
            var resident = (await host.GetAsync("api/v1/status"))["memory"]!["workingSetBytes"]!.GetValue<long>() / (1024.0 * 1024);
            none = size == 0 ? resident : none;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{size,6} plugins: {resident:F0} MiB{(size == 0 ? "" : $", {(resident - none) * 1024 / size:F0} KiB more for each plugin")}"));
        }
    }
}
