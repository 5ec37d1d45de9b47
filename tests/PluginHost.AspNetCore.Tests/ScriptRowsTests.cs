using Microsoft.Extensions.Logging.Abstractions;
using PluginHost.AspNetCore.Pages;

namespace PluginHost.AspNetCore.Tests;

/// <summary>Rows are rendered once for what they show: whatever of it changes is seen, and nothing else is rendered again.</summary>
public sealed class ScriptRowsTests
{
    private static readonly ScriptInfo Script = Examples.Script();

    private readonly ScriptRows _rows = new(NullLoggerFactory.Instance);

    public static IEnumerable<TestCaseData> Changes =>
    [
        new TestCaseData(Script with { Description = "Another <b>one</b>" }, "Another &lt;b&gt;one&lt;/b&gt;").SetArgDisplayNames("description"),
        new TestCaseData(Script with { Tags = ["urgent"] }, "urgent").SetArgDisplayNames("tags"),
        new TestCaseData(Script with { State = ScriptState.Paused }, "when resumed").SetArgDisplayNames("state"),
        new TestCaseData(Script with { Live = Script.Live with { Version = "fedcba9-01234567" } }, "fedcba9-01234567").SetArgDisplayNames("version"),
        new TestCaseData(Script with { Live = Script.Live with { Since = new(2031, 1, 2, 3, 4, 5, TimeSpan.Zero) } }, "2031-01-02T03:04:05").SetArgDisplayNames("since"),
        new TestCaseData(Script with { Schedules = [Script.Schedules[0] with { Next = [new(2032, 1, 2, 3, 4, 5, TimeSpan.Zero)] }] }, "2032-01-02T03:04:05").SetArgDisplayNames("next"),
        new TestCaseData(Script with { LastRun = Examples.Run(state: RunState.Lost) with { Id = "run7" } }, "runs/run7").SetArgDisplayNames("last run"),
        new TestCaseData(Script with { RecentRuns = [new RecentRun("r", RunState.TimedOut, Examples.Noon, 5)] }, "1 timed out").SetArgDisplayNames("recent runs"),
    ];

    [TestCaseSource(nameof(Changes))]
    public async Task WhatChanges_IsSeen(ScriptInfo changed, string seen)
    {
        Assert.That(await RenderAsync(Script), Does.Not.Contain(seen));

        Assert.That(await RenderAsync(changed), Does.Contain(seen));
    }

    [Test]
    public async Task WhatStaysTheSame_IsTheSameText() =>
        Assert.That(await RenderAsync(Script), Is.SameAs(await RenderAsync(Script with { Schedules = [.. Script.Schedules] })));

    [Test]
    public async Task WhoMayNotAct_GetsNoButtons_ThoughOthersGetThem()
    {
        Assert.That(await RenderAsync(Script), Does.Contain("<button"));
        Assert.That(await RenderAsync(Script, isOperator: false), Does.Not.Contain("<button"));
        Assert.That(await RenderAsync(Script), Does.Contain("<button"));
    }

    private async Task<string> RenderAsync(ScriptInfo script, bool isOperator = true) => (await _rows.RenderAsync([script], isOperator))[0].Value;
}
