using PluginHost.Tests.Running;

namespace PluginHost.Tests.Scheduling;

/// <summary>A host whose scheduler is at work, at noon on the first of January.</summary>
public abstract class SchedulerTestBase : RunTestBase
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    private protected static DateTimeOffset At(int hour, int minute) => new(2026, 1, 1, hour, minute, 0, TimeSpan.Zero);

    private protected async Task GoLiveAsync(Type script)
    {
        Host.Deploy(script);
        await Host.Scheduler.StartAsync(CancellationToken.None);
        await SettleAsync();
    }

    private protected async Task SwapAsync(Type script)
    {
        Host.Deploy(script);
        await SettleAsync();
    }

    /// <summary>Lets time pass as it does, in steps that miss nothing, until all that became due is decided on.</summary>
    private protected async Task PassUntilAsync(DateTimeOffset end)
    {
        while (Time.GetUtcNow() < end)
        {
            var left = end - Time.GetUtcNow();
            Time.Advance(left < Step ? left : Step);
        }

        await SettleAsync();
    }

    /// <summary>The next run that starts, which is for that time.</summary>
    private protected async Task<Performance> NextForAsync(DateTimeOffset due, RunTrigger trigger = RunTrigger.Schedule)
    {
        var script = await Stage.NextAsync();
        Assert.That((script.Context.ScheduledFor, script.Context.Trigger), Is.EqualTo(((DateTimeOffset?)due, trigger)));
        return script;
    }

    private protected async Task EndAsync(Performance script)
    {
        script.End();
        await Host.EndOfAsync(Host.Runs.Get(script.Context.RunId));
    }

    /// <summary>The times that there were runs for, in the order of the runs.</summary>
    private protected IEnumerable<DateTimeOffset?> Times() => Host.Runs.List(new RunQuery { Limit = 500 }).Items.Reverse().Select(run => run.ScheduledFor);

    private protected async Task PauseAsync(bool paused)
    {
        await Host.Scripts.SetPausedAsync("Shop.Job", paused, CancellationToken.None);
        if (!paused)
        {
            Host.Scheduler.Resumed("Shop.Job");
            await SettleAsync();
        }
    }

    /// <summary>Ends when what the scheduler has decided so far has been carried out.</summary>
    private protected async Task SettleAsync()
    {
        // Things are carried out in order, and each is told of: so is this one, which is nothing.
        var last = $"{Guid.NewGuid()}";
        var told = Host.Events.WatchAsync(CancellationToken.None).GetAsyncEnumerator();
        var next = told.MoveNextAsync().AsTask();
        Host.ScheduleWriter.Tell(last);
        while (await next.WaitAsync(RunningHost.HangLimit) && told.Current.Id != last)
        {
            next = told.MoveNextAsync().AsTask();
        }
    }
}
