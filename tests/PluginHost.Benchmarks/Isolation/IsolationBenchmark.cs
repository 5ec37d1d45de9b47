using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Isolation;

/// <summary>How long from the request to the first line of a script: in the host, and in a worker process that is there.</summary>
internal static class IsolationBenchmark
{
    private const int WarmUp = 500;
    private const int Requests = 1000;

    // The clock that it reads is the machine's, and the same in all processes.
    private const string FirstLine = "var at = System.Diagnostics.Stopwatch.GetTimestamp(); context.SetResult(at);";

    public static async Task RunAsync()
    {
        using var directory = new TestDirectory();
        var repository = TestRepository.Create(directory.Combine("repository"));
        repository.Write("plugins/A/A.csproj", PluginSource.Project())
            .Write("plugins/A/InHost.cs", PluginSource.Script(FirstLine, name: "InHost"))
            .Write("plugins/A/InWorker.cs", PluginSource.Script(FirstLine, "[Script(Isolation = ScriptIsolation.Process)]", name: "InWorker"))
            .Commit("First");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddPluginHost(options =>
        {
            options.Sources["default"] = new SourceOptions { Url = repository.Path, Poll = TimeSpan.FromHours(1) };
            options.DataDirectory = directory.Combine("data");
        });
        using var app = builder.Build();
        await app.StartAsync();
        var host = app.Services.GetRequiredService<IPluginHost>();
        while ((await host.GetScriptsAsync()).Count == 0)
        {
            await Task.Delay(100);
        }

        // In turn, so that whatever else the machine does happens to both.
        var (inHost, inWorker) = (new Samples("in the host"), new Samples("in a worker process"));
        Console.WriteLine();
        Console.WriteLine($"isolation: request to first line, {Requests} one after the other");
        var first = await TakeAsync(host, "A.InWorker");
        for (var request = 0; request < WarmUp + Requests; request++)
        {
            var (one, other) = (await TakeAsync(host, "A.InHost"), await TakeAsync(host, "A.InWorker"));
            if (request >= WarmUp)
            {
                inHost.Add(one);
                inWorker.Add(other);
            }
        }

        Console.WriteLine($"{"",-36}{"p50 ms",9}{"p99",9}{"max",9}");
        foreach (var samples in (Samples[])[inHost, inWorker])
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{samples.Name,-36}{samples.Median,9:F2}{samples.Quantile(0.99),9:F2}{samples.Quantile(1),9:F2}"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  worker - host at p50: {inWorker.Median - inHost.Median:F2} ms (target: at most 2); the first run, which started the worker: {first.TotalMilliseconds:F0} ms"));
        await app.StopAsync();
    }

    private static async Task<TimeSpan> TakeAsync(IPluginHost host, string script)
    {
        var asked = Stopwatch.GetTimestamp();
        var run = await host.StartRunAsync(script, new RunRequest());
        var ended = await host.WaitForRunAsync(run.Id, TimeSpan.FromMinutes(1));
        return ended.State == RunState.Succeeded
            ? Stopwatch.GetElapsedTime(asked, ended.Result!.GetValue<long>())
            : throw new InvalidOperationException($"{script} {ended.State}: {ended.Error}");
    }
}
