using System.Diagnostics;
using System.Globalization;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Web;

/// <summary>The pages and the API over a thousand scripts and a million runs, while nobody looks and while many do.</summary>
internal static class WebBenchmark
{
    private const int Scripts = 1000;
    private const int OpenPages = 200;
    private const int Rounds = 100;

    private static readonly string[] Calls =
    [
        "", "runs", "api/v1/scripts", "api/v1/scripts?limit=500", "api/v1/runs", "api/v1/runs?limit=500", "api/v1/runs?script=Many.S0500", "api/v1/runs?state=failed", "api/v1/runs?trigger=manual&limit=500",
        "api/v1/occurrences", "api/v1/plugins", "api/v1/deployments", "api/v1/status",
    ];

    // PLUGINHOST_BENCH_SIZES chooses another number of runs.
    private static int Runs => int.Parse(Environment.GetEnvironmentVariable("PLUGINHOST_BENCH_SIZES") ?? "1000000", CultureInfo.InvariantCulture);

    public static async Task RunAsync()
    {
        using var directory = new TestDirectory();
        var repository = TestRepository.Create(directory.Combine("repository"));
        AddScripts(repository);
        var data = directory.Combine("data");
        string template;
        await using (var host = await ReadyHost.StartAsync(repository.Path, data, poll: "1h"))
        {
            template = (await host.RunAsync("Many.S0000"))["id"]!.ToString();
        }

        var watch = Stopwatch.StartNew();
        ManyRuns.Add(Path.Combine(data, "history.db"), template, Runs, Scripts);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nweb: {Scripts} scripts, {Runs} runs (written in {watch.Elapsed.TotalSeconds:F0} s)"));

        await using var filled = await ReadyHost.StartAsync(repository.Path, data, poll: "1h");
        watch.Restart();
        await filled.Api.GetStringAsync("");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the first page after the start: {watch.Elapsed.TotalMilliseconds:F0} ms"));
        await MeasureAsync(filled, "nobody looks on");
        await using (var pages = await OpenPagesOf.OpenAsync(filled, OpenPages))
        {
            await MeasureAsync(filled, $"{OpenPages} open pages of all scripts");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"the open pages were fetched anew {pages.Refreshes} times, the median in {pages.Median:F0} ms"));
        }
    }

    private static void AddScripts(TestRepository repository)
    {
        repository.AddPlugin("Clock", attributes: "[Schedule(\"* * * * * *\")]").Write("plugins/Many/Many.csproj", PluginSource.Project());
        for (var number = 0; number < Scripts; number++)
        {
            var name = $"S{number:D4}";
            repository.Write($"plugins/Many/{name}.cs", PluginSource.Script("context.SetResult(1);", "[Script(Description = \"One of very many\", Tags = [\"many\"])] [Schedule(\"0 6 * * *\", TimeZone = \"Europe/Berlin\")]", name: name));
        }

        repository.Commit("A thousand scripts");
    }

    /// <summary>Asks as those do who ask for it: browsers take pages compressed, and most programs do not.</summary>
    /// <returns>How many bytes came.</returns>
    public static async Task<int> GetAsync(HttpClient client, string call, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, call);
        if (!call.StartsWith("api/", StringComparison.Ordinal))
        {
            request.Headers.AcceptEncoding.ParseAdd("gzip, br");
        }

        using var response = await client.SendAsync(request, cancellationToken);
        return (await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellationToken)).Length;
    }

    private static async Task MeasureAsync(ReadyHost host, string situation)
    {
        var from = DateTimeOffset.UtcNow;
        Console.WriteLine();
        Console.WriteLine($"{situation,-44}{"p50 ms",10}{"p99",10}{"max",10}{"KB",10}");
        foreach (var call in Calls)
        {
            var samples = new Samples(call);
            var length = 0L;
            for (var round = 0; round < Rounds; round++)
            {
                var watch = Stopwatch.StartNew();
                length = await GetAsync(host.Api, call);
                samples.Add(watch.Elapsed);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"/{call,-43}{samples.Median,10:F1}{samples.Quantile(0.99),10:F1}{samples.Quantile(1),10:F1}{length / 1024,10}"));
        }

        // Long enough that there are due times to look at, however quick the calls were.
        var rest = from.AddSeconds(20) - DateTimeOffset.UtcNow;
        await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        await TellLatenessAsync(host, from);
    }

    private static async Task TellLatenessAsync(ReadyHost host, DateTimeOffset from)
    {
        var to = DateTimeOffset.UtcNow.AddSeconds(-2);
        var due = (await host.GetAsync($"api/v1/occurrences?script=Clock.Work&limit=500&from={from:yyyy-MM-ddTHH:mm:ssZ}&to={to:yyyy-MM-ddTHH:mm:ssZ}"))["items"]!.AsArray();
        var late = new Samples("late");
        foreach (var item in due.Where(item => item!["lateByMs"] is not null))
        {
            late.Add(TimeSpan.FromMilliseconds(item!["lateByMs"]!.GetValue<long>()));
        }

        var others = due.Count(item => item!["outcome"]!.ToString() != "ran");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"a script that is due each second is late by",-44}{late.Median,10:F1}{late.Quantile(0.99),10:F1}{late.Quantile(1),10:F1}   of {due.Count}, {others} did not run in time"));
    }
}
