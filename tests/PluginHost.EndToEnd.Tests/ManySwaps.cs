using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>One plugin is replaced again and again.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class ManySwaps
{
    private const int Swaps = 200;

    // Looks from within the host: a load context that was not collected keeps its assemblies in this list.
    private const string CountVersionsInMemory = """
        for (var i = 0; i < 10; i++) { GC.Collect(); GC.WaitForPendingFinalizers(); }
        var collectible = AppDomain.CurrentDomain.GetAssemblies().Where(assembly => assembly.IsCollectible).ToList();
        context.SetResult(new[] { collectible.Count(assembly => assembly.GetName().Name == "A"), collectible.Count });
        """;

    [Test]
    public async Task EveryOldVersion_LeavesMemory_AndNothingGrows()
    {
        using var directory = new TestDirectory();
        var repository = TestRepository.Create(directory.Combine("repository"));
        repository.AddPlugin("Count", CountVersionsInMemory).Commit("Count");
        await using var host = await ReadyHost.StartAsync(repository.Path, directory.Combine("data"));
        var assembliesAtFirst = 0;

        for (var i = 0; i <= Swaps; i++)
        {
            // Two contents in turn: real commits and real swaps, but only two builds.
            var version = i % 2;
            repository.AddPlugin("A", Body(version), members: "[Parameter] public Size Size { get; init; } = Size.Small;").Write("plugins/A/Types.cs", Types).Commit($"Swap {i}");
            var receipt = await host.SyncAsync();
            Assert.That(receipt["state"]!.ToString(), Is.EqualTo("succeeded"), receipt.ToJsonString());
            var run = await host.RunAsync("A.Work", new { size = "large" });
            Assert.That(run["result"]!["version"]?.GetValue<int>(), Is.EqualTo(version), run.ToJsonString());

            if (i == Swaps / 10)
            {
                assembliesAtFirst = (await CountAsync(host)).All;
            }
        }

        var (versions, assemblies) = await CountAsync(host);
        Assert.Multiple(() =>
        {
            Assert.That(versions, Is.EqualTo(1), "only the live version of A is in memory");
            Assert.That(assemblies, Is.EqualTo(assembliesAtFirst));
        });
        Assert.That((await host.GetAsync("api/v1/status"))["leakedContexts"]!.GetValue<int>(), Is.Zero);
    }

    // What scripts commonly do and what by itself would keep a version in memory: JSON of their own types, real
    // awaiting, a value that is kept, structured logging, an exception, a service that the host makes for them.
    private static string Body(int version) => $$"""
        context.Logger.LogInformation("{Size} {Order}", Size, new Order(1, Size));
        await Task.Delay(1, cancellationToken);
        var copy = System.Text.Json.JsonSerializer.Deserialize<Order>(System.Text.Json.JsonSerializer.Serialize(new Order({{version}}, Size)))!;
        await context.State.UpdateAsync<Order>("last", order => new Order((order?.Id ?? 0) + 1, Size), cancellationToken);
        try { throw new OrderException(); } catch (OrderException failure) { context.Logger.LogWarning(failure, "caught"); }
        context.SetResult(new { version = copy.Id, copy.Size });
        """;

    private const string Types = """
        public enum Size { Small, Large }

        public sealed record Order(int Id, Size Size);

        public sealed class OrderException : Exception;
        """;

    private static async Task<(int Versions, int All)> CountAsync(ReadyHost host)
    {
        // A run that has ended is unloaded a moment later, so one look may be too early.
        for (var look = 0; ; look++)
        {
            var counts = (await host.RunAsync("Count.Work"))["result"]!.AsArray();
            if (counts[0]!.GetValue<int>() == 1 || look == 20)
            {
                return (counts[0]!.GetValue<int>(), counts[1]!.GetValue<int>());
            }
        }
    }
}
