using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.History;
using PluginHost.Loading;
using PluginHost.Pipeline;
using PluginHost.Planning;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Swapping;
using PluginHost.Tests.Planning;
using PluginHost.Tests.Running;
using PluginHost.Tests.Scheduling;

namespace PluginHost.Tests.Pipeline;

/// <summary>What is looked at once more at the moment at which a version goes live.</summary>
public sealed class PluginSwapperTests : RunTestBase
{
    [Test]
    public async Task WhatAnOperatorHasSetSinceTheVersionWasChecked_IsHeldAgainstIt()
    {
        Host.Deploy(typeof(WithoutSchedule));
        var live = Host.Live.Current;
        await Host.Overrides.SetAsync(
            new("Shop.Job", "nightly", null, new ScheduleRequest { Cron = "@daily", Parameters = new JsonObject { ["Days"] = 99 } }, Time.GetUtcNow()), default);

        var swapped = await SwapAsync(typeof(HourlyWithParameters));

        Assert.That((swapped.Outcome, swapped.Problem!.Stage), Is.EqualTo((PluginOutcomeKind.Rejected, ProblemStage.Schedule)));
        Assert.That(swapped.Reason, Does.StartWith("Script 'Shop.Job': schedule 'nightly', which an operator has set, would start runs that this version refuses"));
        Assert.That(Host.Live.Current, Is.SameAs(live));
    }

    [Test]
    public async Task ARingOfScripts_DoesNotGoLive()
    {
        var swapped = await SwapAsync(typeof(AfterItself));

        Assert.That((swapped.Outcome, swapped.Problem!.Stage), Is.EqualTo((PluginOutcomeKind.Rejected, ProblemStage.Schedule)));
        Assert.That(swapped.Reason, Does.Contain("'Shop.AfterItself' after 'Shop.AfterItself'"));
    }

    [Test]
    public async Task AScriptThatRunsAfterNone_GoesLive_WithAWarning()
    {
        var swapped = await SwapAsync(typeof(AfterThat));

        Assert.That(swapped.Outcome, Is.EqualTo(PluginOutcomeKind.Built));
        Assert.That(swapped.Outlook!.Warnings.Single().Message, Does.StartWith("Script 'Shop.AfterThat' runs after 'Shop.AfterSuccess', and there is no such script"));
    }

    [TestCase("Shop", "Shop.Extra")]
    [TestCase("Shop.Extra", "Shop")]
    public async Task AnIdThatMovesToAnotherPlugin_GoesLiveThere_InOneCommit(string from, string to)
    {
        SetLive(from, from == "Shop" ? typeof(ExtraJob) : typeof(Job));
        SetLive(to, typeof(Plain));

        var swapped = await SwapAsync(("Shop", from == "Shop" ? typeof(Other) : typeof(ExtraJob)), ("Shop.Extra", from == "Shop" ? typeof(Job) : typeof(Other)));

        Assert.That(swapped.Select(candidate => candidate.Outcome), Is.All.EqualTo(PluginOutcomeKind.Built), string.Join(" ", swapped.Select(candidate => candidate.Reason)));
        Assert.That(Host.Live.Current.Scripts["Shop.Extra.Job"].Plugin.Id, Is.EqualTo(to));
    }

    [TestCase("Shop")]
    [TestCase("Shop.Extra")]
    public async Task AnIdThatIsTaken_StaysWhereItIs(string owner)
    {
        SetLive(owner, owner == "Shop" ? typeof(ExtraJob) : typeof(Job));

        var swapped = await SwapAsync(("Shop", typeof(ExtraJob)), ("Shop.Extra", typeof(Job)));

        Assert.That(swapped.Single(candidate => candidate.PluginId == owner).Outcome, Is.EqualTo(PluginOutcomeKind.Built));
        Assert.That(swapped.Single(candidate => candidate.PluginId != owner).Reason, Does.StartWith($"The script id 'Shop.Extra.Job' is taken by plugin '{owner}'"));
        Assert.That(Host.Live.Current.Plugins.Keys, Is.EqualTo(new[] { owner }));
    }

    private void SetLive(string plugin, Type script) => Host.Live.Swap(new LiveSnapshot([.. Host.Live.Current.Plugins.Values, new LivePlugin("default", new PluginVersion(Load(plugin, script), (_, _) => { }), Time.GetUtcNow())]));

    private static LoadedPlugin Load(string plugin, Type script) =>
        new(Make.Artifact(new string('9', 64)) with { PluginId = plugin }, null!, null!, ScriptReader.Read(plugin, [script]).Scripts);

    private async Task<Candidate> SwapAsync(Type script) => (await SwapAsync((RunningHost.Plugin, script))).Single();

    private async Task<IReadOnlyList<Candidate>> SwapAsync(params (string Plugin, Type Script)[] plugins)
    {
        var check = new StoredScheduleCheck(new EffectiveSchedules(Host.Overrides), new ScheduleParameters(Host.Live, new SecretParameters(Host.Data)));
        var limit = new DrainLimit(Host.Runs, Options.Create(new PluginHostOptions()), Time, NullLogger<DrainLimit>.Instance);
        var swapper = new PluginSwapper(Host.Live, new LivePluginStore(Host.Database), Host.Draining, limit, check, Host.Gate, Time, NullLogger<PluginSwapper>.Instance);
        var candidates = plugins.Select(plugin => Load(plugin.Plugin, plugin.Script))
            .Select(loaded => new Candidate(new PlannedPlugin(loaded.Artifact.PluginId, loaded.Artifact.Project, PlanAction.Build, "its files changed"))
            {
                Artifact = loaded.Artifact,
                Loaded = loaded,
                Outlook = new ScheduleOutlook([], []),
            })
            .ToList();
        return await swapper.SwapAsync(new ChangePlan(new MemoryRepository().Snapshot(), "", [.. candidates.Select(candidate => candidate.Planned)], []), candidates, CancellationToken.None);
    }
}

/// <summary>In plugin <c>Shop.Extra</c> it has the id that <see cref="ExtraJob"/> has in <c>Shop</c>.</summary>
[Script(Name = "Job")]
public sealed class Job(Stage stage) : StagedScript(stage);

[Script(Name = "Extra.Job")]
public sealed class ExtraJob(Stage stage) : StagedScript(stage);

[RunAfter("Shop.AfterItself")]
public sealed class AfterItself(Stage stage) : StagedScript(stage);
