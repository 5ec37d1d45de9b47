using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using PluginHost.Artifacts;
using PluginHost.Loading;
using PluginHost.Planning;
using PluginHost.Scripts;
using PluginHost.Swapping;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Engines;

/// <summary>A plugin of a test of its own on a host of an engine, with one script, <c>Job</c>.</summary>
internal sealed class TrialPlugin(EngineHost host)
{
    private readonly string _id = $"P{Guid.NewGuid():n}";
    private int _versions;

    public string Script => $"{_id}.Job";

    public Stage Stage => host.Services.GetRequiredService<Acts>().Of(_id);

    /// <summary>Makes a version live whose script is of that class.</summary>
    public void Deploy(Type script)
    {
        var read = ScriptReader.Read(_id, [script]);
        Assert.That(read.Problems, Is.Empty);
        var artifact = new PluginArtifact
        {
            PluginId = _id, Source = "tests", Project = $"plugins/{_id}/{_id}.csproj", ContentKey = $"{++_versions:x8}{_id}", Commit = _versions.ToString("x40", CultureInfo.InvariantCulture),
            Author = "", Message = "", BuiltAt = DateTimeOffset.UtcNow, AssemblyFile = Path.GetFileName(typeof(TrialPlugin).Assembly.Location), OutputHash = $"{_versions}",
            Inputs = new InputManifest { Files = [], Folders = [], Environment = "" }, Directory = AppContext.BaseDirectory,
        };
        var loaded = new LoadedPlugin(artifact, null!, host.Services.GetRequiredService<ScriptServicesFactory>().ForVersion(), read.Scripts);
        host.Deploy(new LivePlugin("tests", host.Services.GetRequiredService<DrainingVersions>().Track(loaded), DateTimeOffset.UtcNow));
    }

    /// <summary>The next run that starts by the schedule.</summary>
    public Task<Performance> NextAsync() => Stage.NextAsync();

    public async Task<IReadOnlyList<RunInfo>> RunsAsync() => (await host.Api.GetRunsAsync(new RunQuery { Script = Script, Limit = 500 })).Items;

    /// <summary>The ledger, the first time first.</summary>
    public async Task<List<OccurrenceInfo>> LedgerAsync() =>
        [.. (await host.Api.GetOccurrencesAsync(new OccurrenceQuery { Script = Script, Limit = 500 })).Items.OrderBy(occurrence => occurrence.Due)];

    /// <summary>The ledger once it is so.</summary>
    public async Task<List<OccurrenceInfo>> UntilAsync(Predicate<List<OccurrenceInfo>> condition)
    {
        using var limit = new CancellationTokenSource(RunningHost.HangLimit);
        while (true)
        {
            var ledger = await LedgerAsync();
            if (condition(ledger))
            {
                return ledger;
            }

            Assert.That(limit.IsCancellationRequested, Is.False, string.Join('\n', ledger));

            // What is looked at is settled some time after the event that tells of it.
            await Task.Delay(50);
        }
    }

    public Task<RunInfo> EndOfAsync(string run) => host.Api.WaitForRunAsync(run, RunningHost.HangLimit);
}
