using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Loading;

/// <summary>A real plugin whose scripts each do one thing: loaded, run and unloaded once for each.</summary>
public abstract class ProbesTestBase : RunTestBase
{
    // Built beside the tests: artifacts/bin/<project>/<configuration>.
    internal static string Assembly => Path.Combine(new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.FullName, "PluginHost.Probes", new DirectoryInfo(AppContext.BaseDirectory).Name, "PluginHost.Probes.dll");

    private protected static IEnumerable<(string Group, string Name)> All()
    {
        using var image = new PEReader(File.OpenRead(Assembly));
        var metadata = image.GetMetadataReader();
        foreach (var type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition).Where(type => !type.BaseType.IsNil && type.BaseType.Kind == HandleKind.TypeDefinition))
        {
            if (metadata.GetString(metadata.GetTypeDefinition((TypeDefinitionHandle)type.BaseType).Name) == "Probe")
            {
                yield return (metadata.GetString(type.Namespace).Split('.')[^1], metadata.GetString(type.Name));
            }
        }
    }

    private protected async Task CheckAsync(string probe, bool stays)
    {
        await Host.Unloading.StartAsync(CancellationToken.None);
        await RunAndReplaceAsync(probe);

        await UnloadedAsync();
        var collections = await CollectionsUntilItLeavesAsync(most: stays ? 15 : 500);
        await TestContext.Out.WriteLineAsync(collections is null ? $"{probe}: stays" : $"{probe}: leaves after {collections} collections");
        Assert.That(collections is null, Is.EqualTo(stays), collections is null ? "it is still in memory" : "it has left");
        await Host.Unloading.StopAsync(CancellationToken.None);
    }

    private protected virtual Task<RunInfo> RunAsync(RunInfo run) => Host.EndOfAsync(run);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private async Task RunAndReplaceAsync(string probe)
    {
        await Host.DeployAsync(Assembly);
        var run = await RunAsync(await Host.StartAsync(probe, plugin: "PluginHost.Probes"));
        Assert.That(run.State, Is.EqualTo(probe switch { "Throws" => RunState.Failed, "Spins" => RunState.Cancelled, _ => RunState.Succeeded }), run.Error?.StackTrace);
        Host.RemovePlugin();
    }

    private async Task UnloadedAsync()
    {
        for (var waited = 0; Host.Leaked.Unloaded == 0; waited++)
        {
            Assert.That(waited, Is.LessThan(1000), "it was never unloaded");
            await Task.Delay(10);
        }
    }

    private async Task<int?> CollectionsUntilItLeavesAsync(int most)
    {
        for (var collections = 1; collections <= most; collections++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            if (!Host.Leaked.AnyPending)
            {
                return collections;
            }

            // A thread may still be on its way out of the script: on a busy machine that takes a while.
            await Task.Delay(10);
        }

        return null;
    }
}

/// <summary>
/// Probes of the namespace Leaky stay in memory, whatever the host does; all others leave. What the host says of those
/// that stay is tested end to end.
/// </summary>
[NonParallelizable]
public sealed class ProbesTests : ProbesTestBase
{
    [TestCaseSource(nameof(Probes))]
    public Task AVersion_WhoseScriptHasRun_LeavesMemory_OrIsKnownToStay(string probe, bool stays) => CheckAsync(probe, stays);

    private static IEnumerable<TestCaseData> Probes() => All().Where(probe => probe.Group != "Endless").Select(probe => new TestCaseData(probe.Name, probe.Group == "Leaky").SetArgDisplayNames(probe.Group, probe.Name));
}

/// <summary>What the cures are worth: without them the probes of the namespace Cured stay.</summary>
[NonParallelizable]
public sealed class ProbesWithoutCureTests : ProbesTestBase
{
    private protected override void Configure(PluginHostOptions options) => (options.Unload.ClearCaches, options.Unload.PrivateDynamic) = (false, false);

    [TestCaseSource(nameof(Cured))]
    public Task AVersion_WhoseScriptHasRun_Stays(string probe) => CheckAsync(probe, stays: true);

    private static IEnumerable<string> Cured() => All().Where(probe => probe.Group == "Cured").Select(probe => probe.Name);
}

/// <summary>A script that never ends, and an operator who has its thread aborted.</summary>
[NonParallelizable]
public sealed class AbortedScriptTests : ProbesTestBase
{
    private protected override void Configure(PluginHostOptions options) => options.Runs.AbortAfterGrace = true;

    [Test]
    public Task AnEndlessLoopThatCatchesEverything_IsEnded_AndItsVersionLeavesMemory() => CheckAsync("Spins", stays: false);

    private protected override async Task<RunInfo> RunAsync(RunInfo run)
    {
        // A run that is cancelled before its script has begun never begins it. The log is written by the clock of the test.
        while (!(await Host.LogOfAsync(run)).Any(line => line.Contains("Spinning", StringComparison.Ordinal)))
        {
            await Task.Delay(10);
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        Host.Runs.CancelHere(run.Id);
        var end = Host.EndOfAsync(run);

        // The grace begins some time after the cancellation. From the abort on the clock stands, so that it is not given up on.
        while (!(await Host.LogOfAsync(run)).Any(line => line.Contains("its thread is aborted", StringComparison.Ordinal)))
        {
            await Task.Delay(10);
            Time.Advance(TimeSpan.FromSeconds(4));
        }

        var ended = await end;
        Assert.That(ended.Error, Is.Null, "it was not given up on");
        return ended;
    }
}
