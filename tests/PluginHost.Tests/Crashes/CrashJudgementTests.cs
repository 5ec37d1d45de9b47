using PluginHost.Crashes;
using PluginHost.Tests.History;

namespace PluginHost.Tests.Crashes;

public sealed class CrashJudgementTests(DatabaseKind kind) : OnEachDatabase(kind)
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [TestCase(ScriptIsolation.Host, 1)]
    [TestCase(ScriptIsolation.Process, 0)]
    public async Task AScriptUnderWayAtTwoDeaths_IsSuspected_UnlessItWasInAProcessOfItsOwn(ScriptIsolation isolation, int suspects)
    {
        await JudgeAsync(Noon, Run("1", "A.Work", isolation));
        var judgement = await JudgeAsync(Noon.AddMinutes(1), Run("2", "A.Work", isolation));

        Assert.That(judgement.Quarantined, Has.Count.EqualTo(suspects));
    }

    [Test]
    public async Task AScriptBesideOneInAProcessOfItsOwn_WasAlone()
    {
        await JudgeAsync(Noon, Run("1", "A.Work"), Run("2", "B.Work", ScriptIsolation.Process));
        var judgement = await JudgeAsync(Noon.AddMinutes(1), Run("3", "A.Work"), Run("4", "B.Work", ScriptIsolation.Process));

        Assert.That(judgement.Quarantined.Select(quarantine => quarantine.Script), Is.EqualTo(new[] { "A.Work" }));
    }

    private async Task<CrashJudgement> JudgeAsync(DateTimeOffset at, params RunInfo[] lost)
    {
        var judgement = new CrashJudgement(new PreviousDeath("Stack overflow."), new QuarantineOptions(), at);
        await Database.WriteAsync(
            connection =>
            {
                judgement.Judge(connection, lost);
                return true;
            },
            default);
        return judgement;
    }

    private static RunInfo Run(string id, string script, ScriptIsolation isolation = ScriptIsolation.Host) => new()
    {
        Id = id, Script = script, Plugin = script[..1], Version = "1-1", Trigger = RunTrigger.Manual, QueuedAt = Noon, StartedAt = Noon, State = RunState.Lost, Attempt = 1, Node = "node", Isolation = isolation,
    };
}
