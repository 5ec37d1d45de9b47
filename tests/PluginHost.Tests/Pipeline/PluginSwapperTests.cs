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

    private async Task<Candidate> SwapAsync(Type script)
    {
        var check = new StoredScheduleCheck(new EffectiveSchedules(Host.Overrides), new ScheduleParameters(Host.Live, new SecretParameters(Host.Data)));
        var limit = new DrainLimit(Host.Runs, Options.Create(new PluginHostOptions()), Time, NullLogger<DrainLimit>.Instance);
        var swapper = new PluginSwapper(Host.Live, new LivePluginStore(Host.Database), Host.Draining, limit, check, Host.Gate, Time, NullLogger<PluginSwapper>.Instance);
        var artifact = Make.Artifact(new string('9', 64)) with { PluginId = RunningHost.Plugin };
        var candidate = new Candidate(new PlannedPlugin(RunningHost.Plugin, artifact.Project, PlanAction.Build, "its files changed"))
        {
            Artifact = artifact,
            Loaded = new LoadedPlugin(artifact, null!, null!, ScriptReader.Read(RunningHost.Plugin, [script]).Scripts),
            Outlook = new ScheduleOutlook([], []),
        };
        return (await swapper.SwapAsync(new ChangePlan(new MemoryRepository().Snapshot(), "", [candidate.Planned], []), [candidate], CancellationToken.None)).Single();
    }
}

[RunAfter("Shop.AfterItself")]
public sealed class AfterItself(Stage stage) : StagedScript(stage);
