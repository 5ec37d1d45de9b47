using PluginHost.Scheduling;
using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

/// <summary>The alarm of the system's clock.</summary>
public sealed class AlarmTests
{
    [Test]
    public async Task ItRings_OnAThreadOfItsOwn_WhichNoScriptCanTakeAway()
    {
        var rung = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var alarm = Alarm.Create(TimeProvider.System, () => rung.TrySetResult(Thread.CurrentThread.IsThreadPoolThread));

        alarm.Set(TimeSpan.FromMilliseconds(1));

        Assert.That(await rung.Task.WaitAsync(RunningHost.HangLimit), Is.False);
    }

    [Test]
    public async Task SetAnew_WhileItWaits_ItRingsThen()
    {
        var rung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var alarm = Alarm.Create(TimeProvider.System, rung.SetResult);
        alarm.Set(TimeSpan.FromDays(1));

        alarm.Set(TimeSpan.FromMilliseconds(1));

        await rung.Task.WaitAsync(RunningHost.HangLimit);
    }

    [Test]
    public async Task SetByWhatItCalls_ItRingsAgain()
    {
        var rung = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rings = 0;
        Alarm? alarm = null;
        alarm = Alarm.Create(TimeProvider.System, Ring);
        alarm.Set(TimeSpan.FromMilliseconds(1));

        await rung.Task.WaitAsync(RunningHost.HangLimit);
        alarm.Dispose();

        void Ring()
        {
            if (++rings == 3)
            {
                rung.SetResult();
            }
            else
            {
                alarm!.Set(TimeSpan.FromMilliseconds(1));
            }
        }
    }
}
