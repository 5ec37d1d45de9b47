using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Packages as scripts need them: with native libraries, with much static state, and those that the host itself has in another version.</summary>
[Platform("Linux", Reason = "The native parts of the image library are those for Linux.")]
public sealed class AwkwardPackages : HostTestBase
{
    // Known to stay: Microsoft.Data.Sqlite subscribes to the end of the process and starts a timer, Entity Framework Core's
    // instruments and caches never let go (see LeakingScripts). In a process of its own either leaves nothing behind.
    private static readonly string[] Staying = ["Sqlite", "EntityFramework"];

    private static readonly string Sqlite = Package("Microsoft.Data.Sqlite", "10.0.15");

    private const string UseSqlite = """
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT sqlite_version(), 6 * 7";
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        context.SetResult($"{row.GetString(0)[0]} {row.GetInt32(1)}");
        """;

    private static readonly Dictionary<string, (string Packages, string Body, string Result)> Plugins = new()
    {
        // The host has a SQLite of its own in the process, and plugins bring theirs.
        ["Sqlite"] = (Sqlite, UseSqlite, "3 42"),
        ["SqliteInAProcess"] = (Sqlite, UseSqlite, "3 42"),
        ["Image"] = (Package("SkiaSharp", "3.119.4") + Package("SkiaSharp.NativeAssets.Linux.NoDependencies", "3.119.4"), """
            using var bitmap = new SkiaSharp.SKBitmap(8, 8);
            using (var canvas = new SkiaSharp.SKCanvas(bitmap)) canvas.Clear(SkiaSharp.SKColors.Teal);
            using var png = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
            using var again = SkiaSharp.SKBitmap.Decode(png.ToArray());
            context.SetResult(again.GetPixel(4, 4).ToString());
            """, "#ff008080"),
        ["EntityFramework"] = (Package("Microsoft.EntityFrameworkCore.Sqlite", "10.0.15"), """
            await using var shop = new Shop();
            await shop.Database.OpenConnectionAsync(cancellationToken);
            await shop.Database.EnsureCreatedAsync(cancellationToken);
            shop.Orders.AddRange(new Order { Total = 40 }, new Order { Total = 2 });
            await shop.SaveChangesAsync(cancellationToken);
            context.SetResult(await shop.Orders.SumAsync(order => order.Total, cancellationToken));
            """, "42"),
        ["Json"] = (Package("Newtonsoft.Json", "13.0.4"), """
            var order = Newtonsoft.Json.JsonConvert.DeserializeObject<Order>("{\"Total\":42}")!;
            context.SetResult(Newtonsoft.Json.JsonConvert.SerializeObject(order));
            """, """{"Total":42}"""),
        ["Resilience"] = (Package("Polly", "8.9.1"), """
            var tries = 0;
            var pipeline = new Polly.ResiliencePipelineBuilder().AddRetry(new Polly.Retry.RetryStrategyOptions { Delay = TimeSpan.Zero, MaxRetryAttempts = 5 }).AddTimeout(TimeSpan.FromSeconds(30)).Build();
            await pipeline.ExecuteAsync(async token => { await Task.Delay(1, token); if (++tries < 3) throw new InvalidOperationException(); }, cancellationToken);
            context.SetResult(tries);
            """, "3"),
        // Nobody listens there: that the call is refused by the client's own code, and how, shows that it works.
        ["Grpc"] = (Package("Grpc.Net.Client", "2.85.0"), """
            using var channel = Grpc.Net.Client.GrpcChannel.ForAddress("http://127.0.0.1:9");
            var text = Grpc.Core.Marshallers.StringMarshaller;
            var method = new Grpc.Core.Method<string, string>(Grpc.Core.MethodType.Unary, "shop", "total", text, text);
            try { await channel.CreateCallInvoker().AsyncUnaryCall(method, null, new Grpc.Core.CallOptions(cancellationToken: cancellationToken), "x"); }
            catch (Grpc.Core.RpcException failure) { context.SetResult(failure.StatusCode.ToString()); }
            """, "Unavailable"),
        // The host's own is 2.0.
        ["NewerThanTheHosts"] = (Package("System.CommandLine", "3.0.0"), """
            var days = new System.CommandLine.Option<int>("--days");
            var parsed = new System.CommandLine.RootCommand { days }.Parse("--days 42");
            context.SetResult($"{typeof(System.CommandLine.RootCommand).Assembly.GetName().Version!.Major} {parsed.GetValue(days)}");
            """, "3 42"),
    };

    // What a plugin needs beside its script.
    private static readonly Dictionary<string, string> Types = new()
    {
        ["EntityFramework"] = """
            global using Microsoft.EntityFrameworkCore;
            public sealed class Order { public int Id { get; set; } public int Total { get; set; } }
            public sealed class Shop : DbContext
            {
                public DbSet<Order> Orders => Set<Order>();
                protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseSqlite("Data Source=:memory:");
            }
            """,
        ["Json"] = "public sealed record Order(int Total);",
        ["Resilience"] = "global using Polly;",
    };

    // Each version of a plugin that is in memory has its assembly in this list.
    private const string CountVersionsInMemory = """
        for (var i = 0; i < 10; i++) { GC.Collect(); GC.WaitForPendingFinalizers(); }
        context.SetResult(AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.IsCollectible)
            .GroupBy(assembly => assembly.GetName().Name!).ToDictionary(group => group.Key, group => group.Count()));
        """;

    [Test]
    public async Task EachIsBuilt_Runs_IsReplaced_RunsAgain_AndLeavesMemoryIfItCan()
    {
        Repository.AddPlugin("Count", CountVersionsInMemory);
        WriteAll(1);
        Repository.Commit("First");
        var collecting = new Dictionary<string, string> { ["PluginHost__Unload__Collect"] = "Blocking" };
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: collecting);
        var first = await RunAllAsync(host);

        WriteAll(2);
        Repository.Commit("Second");
        var receipt = await host.SyncAsync();
        Assert.That(receipt["state"]!.ToString(), Is.EqualTo("succeeded"), receipt.ToJsonString());
        var second = await RunAllAsync(host);
        Assert.That(second.Where(version => first.ContainsValue(version.Value)), Is.Empty, "each has been replaced");

        var expected = Plugins.Keys.ToDictionary(plugin => plugin, plugin => Staying.Contains(plugin) ? 2 : 1);
        var counts = await CountAsync(host, expected);
        Assert.That(Plugins.Keys.ToDictionary(plugin => plugin, plugin => counts[plugin]?.GetValue<int>() ?? 0), Is.EqualTo(expected), counts.ToJsonString());

        // The host knows, and says whose it is.
        await host.UntilAsync("api/v1/status", status => status["leakedContexts"]!.GetValue<int>() == Staying.Length);
        var roots = await host.PostAsync($"api/v1/plugins/Sqlite/leaks/{first["Sqlite"]}/roots");
        Assert.That(
            roots["roots"]?.AsArray().Select(root => $"{root!["cause"]}: {root["chain"]!.AsArray()[^1]}"),
            Has.Some.StartsWith("An event of AppDomain, such as ProcessExit: Microsoft.Data.Sqlite."), roots.ToJsonString());
    }

    private static string Package(string id, string version) => $"<PackageReference Include=\"{id}\" Version=\"{version}\" />";

    private void WriteAll(int version)
    {
        foreach (var (plugin, (packages, body, _)) in Plugins)
        {
            var isolation = plugin == "SqliteInAProcess" ? "[Script(Isolation = ScriptIsolation.Process)]" : "";
            Repository.AddPlugin(plugin, body, isolation).Write($"plugins/{plugin}/{plugin}.csproj", PluginSource.Project(packages))
                .Write($"plugins/{plugin}/Types.cs", $"{Types.GetValueOrDefault(plugin)}\npublic static class V{version};");
        }
    }

    /// <returns>The version that each ran on.</returns>
    private static async Task<Dictionary<string, string>> RunAllAsync(ReadyHost host)
    {
        var runs = new Dictionary<string, JsonNode>();
        foreach (var plugin in Plugins.Keys)
        {
            runs[plugin] = await host.RunAsync($"{plugin}.Work");
        }

        Assert.Multiple(() =>
        {
            foreach (var (plugin, run) in runs)
            {
                Assert.That(run["result"]?.ToString(), Is.EqualTo(Plugins[plugin].Result), $"{plugin}: {run.ToJsonString()}");
            }
        });
        return runs.ToDictionary(run => run.Key, run => run.Value["version"]!.ToString());
    }

    private static async Task<JsonNode> CountAsync(ReadyHost host, Dictionary<string, int> expected)
    {
        // A run that has ended is unloaded a moment later, so one look may be too early.
        for (var look = 0; ; look++)
        {
            var counts = (await host.RunAsync("Count.Work"))["result"]!;
            if (look == 20 || expected.All(plugin => counts[plugin.Key]?.GetValue<int>() == plugin.Value))
            {
                return counts;
            }
        }
    }
}
