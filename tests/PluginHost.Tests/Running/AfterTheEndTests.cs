using Microsoft.Extensions.Logging;

namespace PluginHost.Tests.Running;

/// <summary>Scripts that go on using what they got when their run is over, and what they hold badly.</summary>
public sealed class AfterTheEndTests : RunTestBase
{
    [Test]
    public async Task WhatIsSaidAfterTheEnd_ChangesNothing_AndFailsNobody()
    {
        ScriptContext? kept = null;
        Stage.Script = (context, _) => { kept = context; context.SetResult(1); return Task.CompletedTask; };
        Host.Deploy(typeof(Plain));
        var run = await Host.EndOfAsync(await Host.StartAsync("Plain"));

        kept!.ReportProgress(0.5, "late");
        kept.SetResult(2);
        kept.Logger.LogInformation("late");

        var now = Host.Runs.Get(run.Id);
        Assert.That((now.State, now.Progress, now.Result?.ToJsonString()), Is.EqualTo((RunState.Succeeded, (RunProgress?)null, "1")));
        Assert.That(await Host.LogOfAsync(run), Is.Empty);
        Assert.Throws<ObjectDisposedException>(() => kept.Services.GetService(typeof(TimeProvider)));
    }

    [Test]
    public async Task AMessageOfManyMegabytes_IsCut_AndSaysSo()
    {
        Stage.Script = (context, _) =>
        {
            context.Logger.LogInformation("{Text}", new string('x', 50_000_000));
            return Task.CompletedTask;
        };
        Host.Deploy(typeof(Plain));

        var line = (await Host.LogOfAsync(await Host.EndOfAsync(await Host.StartAsync("Plain")))).Single();

        Assert.That(line.Length, Is.LessThan(2_000_000));
        Assert.That(line[^80..], Does.EndWith("… (cut here: the message has 50000000 characters)"));
    }
}
