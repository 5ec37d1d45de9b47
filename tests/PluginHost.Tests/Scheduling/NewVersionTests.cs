using System.Text.Json.Nodes;
using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Running;
using PluginHost.Scheduling;
using PluginHost.Scripts;
using PluginHost.Swapping;
using PluginHost.TestInfra;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

/// <summary>What a new version is held against before it goes live, and what is told of its schedules.</summary>
public sealed class NewVersionTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;
    private HistoryDatabase _database = null!;
    private ScheduleOverrideStore _overrides = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Path);
        _database = new SqliteDatabase(_data);
        _overrides = new ScheduleOverrideStore(_database);
    }

    [TearDown]
    public void TearDown()
    {
        _database.Dispose();
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task ParametersOfASetSchedule_ThatTheVersionRefuses_AreAProblemThatNamesThemAll()
    {
        await AddAsync("nightly", new JsonObject { ["Days"] = 99, ["Hours"] = 1 });

        var problem = Check(typeof(HourlyWithParameters)).Single();

        Assert.That(problem.Stage, Is.EqualTo(ProblemStage.Schedule));
        Assert.That(problem.Message, Does
            .StartWith("Script 'Shop.Job': schedule 'nightly', which an operator has set, would start runs that this version refuses: ")
            .And.Contain("Days").And.Contain("Hours").And.Contain("DELETE api/v1/scripts/Shop.Job/schedules/nightly").And.Contain("sync the source"));
    }

    [Test]
    public async Task ASecretOfASetSchedule_IsNotInTheProblem_ThoughTheVersionDoesNotCallItSecret()
    {
        var stored = new SecretParameters(_data).Protect("Shop.SignIn", new JsonObject { ["Password"] = "swordfish" }, ["Password"]);
        await _overrides.SetAsync(new("Shop.SignIn", "nightly", null, new ScheduleRequest { Cron = "@daily", Parameters = stored }, Noon), default);

        Assert.That(Check(typeof(SignInByNumber)).Single().Message, Does.Contain("Password").And.Contain("***").And.Not.Contain("swordfish"));
    }

    [Test]
    public async Task AnAddedSchedule_WithoutAValueThatTheVersionNeeds_IsAProblem()
    {
        await AddAsync("nightly", null);

        Assert.That(Check(typeof(NeedsDays)).Single().Message, Does.Contain("'Days' is missing."));
    }

    [Test]
    public async Task AnOverrideOfTheCodes_WithParameters_IsCheckedToo()
    {
        await OverrideAsync(new ScheduleRequest { Parameters = new JsonObject { ["Days"] = 99 } });

        Assert.That(Check(typeof(HourlyWithParameters)).Single().Message, Does.Contain("Days"));
    }

    [Test]
    public async Task WhatFits_OrDoesNotRun_IsNoProblem()
    {
        await AddAsync("nightly", new JsonObject { ["Days"] = 7 });
        await OverrideAsync(new ScheduleRequest { Disabled = true, Parameters = new JsonObject { ["Days"] = 99 } });

        Assert.That(Check(typeof(HourlyWithParameters)), Is.Empty);
    }

    [Test]
    public async Task TheOutlook_HasTheNextTimeOfEachScheduleThatRuns_TheSoonestFirst()
    {
        await AddAsync("nightly", null);

        var outlook = Outlook(typeof(HourlyWithParameters));

        Assert.That(outlook.Schedules, Is.EqualTo(new[]
        {
            new ScheduleForecast("Shop.Job", EffectiveSchedules.IdOf(Read(typeof(HourlyWithParameters)).Descriptor.Schedules[0]), "0 * * * *", "Europe/Berlin", Noon.AddHours(1)),
            new ScheduleForecast("Shop.Job", "nightly", "0 3 * * *", "UTC", Noon.AddHours(15)),
        }));
        Assert.That(outlook.Warnings, Is.Empty);
    }

    [Test]
    public async Task WarningsAndWhatHasNoEffect_AreTold_AtTheirPlace()
    {
        await OverrideAsync(new ScheduleRequest { Cron = "0 0 13 * FRI" });
        await _overrides.SetAsync(new("Shop.Job", "0000abcd", new CodeSchedule("1 1 1 1 *", "UTC"), new ScheduleRequest { Disabled = true }, Noon), default);

        var warnings = Outlook(typeof(HourlyWithParameters)).Warnings;

        Assert.That(warnings.Select(warning => (warning.Severity, warning.File)), Is.All.EqualTo((DiagnosticSeverity.Warning, "plugins/A/A.csproj")));
        Assert.That(warnings.Select(warning => warning.Message), Has.Exactly(2).Items
            .And.Some.StartsWith("Schedule \"0 0 13 * FRI\" of script 'Shop.Job': The day of month (13)")
            .And.Some.StartsWith("What an operator has set for schedule '0000abcd' of script 'Shop.Job' has no effect. The live version has no schedule \"1 1 1 1 *\" in UTC"));
    }

    private Task AddAsync(string id, JsonObject? parameters) =>
        _overrides.SetAsync(new("Shop.Job", id, null, new ScheduleRequest { Cron = "0 3 * * *", Parameters = parameters }, Noon), default);

    private Task OverrideAsync(ScheduleRequest request)
    {
        var code = Read(typeof(HourlyWithParameters)).Descriptor.Schedules[0];
        return _overrides.SetAsync(new("Shop.Job", EffectiveSchedules.IdOf(code), new CodeSchedule(code.Cron, code.TimeZone.Id), request, Noon), default);
    }

    private IReadOnlyList<ScriptProblem> Check(Type script) => new StoredScheduleCheck(new EffectiveSchedules(_overrides), new ScheduleParameters(new LiveRegistry(), new SecretParameters(_data))).Find([Read(script)]);

    private ScheduleOutlook Outlook(Type script) =>
        new ScheduleOutlooks(new EffectiveSchedules(_overrides), new ObservedTime()).Of(new LoadedPlugin(Make.Artifact(new string('0', 64)) with { Directory = _directory.Path }, null!, null!, [Read(script)]));

    private static ScriptClass Read(Type script) => ScriptReader.Read("Shop", [script]).Scripts.Single();
}
