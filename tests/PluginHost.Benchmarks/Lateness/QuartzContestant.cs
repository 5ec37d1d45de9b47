using System.Collections.Specialized;
using System.Globalization;
using Quartz;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>Quartz.NET with its store in memory.</summary>
internal sealed class QuartzContestant : IContestant
{
    private IScheduler? _scheduler;

    public async Task StartAsync(Load load, Recorder recorder)
    {
        Job.Recorder = recorder;
        _scheduler = await QuartzSchedulerBuilder.Create(_ => { })
            .UseProperties(new NameValueCollection { ["quartz.threadPool.maxConcurrency"] = LatenessBenchmark.Workers.ToString(CultureInfo.InvariantCulture) })
            .BuildScheduler(CancellationToken.None);
        for (var schedule = 0; schedule < load.Count; schedule++)
        {
            // Quartz wants one of the two days left open.
            var cron = load.Cron(schedule)[..^1] + "?";
            await _scheduler.ScheduleJob(
                JobBuilder.Create<Job>().WithIdentity($"{schedule}").Build(),
                TriggerBuilder.Create().WithIdentity($"{schedule}").WithCronSchedule(cron).Build());
        }

        await _scheduler.Start();
    }

    public async ValueTask DisposeAsync()
    {
        if (_scheduler is not null)
        {
            await _scheduler.Shutdown();
        }
    }

    internal sealed class Job : IJob
    {
        public static Recorder? Recorder { get; set; }

        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            Recorder!.Start(0, context.ScheduledFireTimeUtc);
            return ValueTask.CompletedTask;
        }
    }
}
