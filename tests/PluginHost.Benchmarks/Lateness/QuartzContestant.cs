using System.Collections.Specialized;
using System.Globalization;
using Quartz;

namespace PluginHost.Benchmarks.Lateness;

/// <summary>Quartz.NET with its store in memory.</summary>
/// <param name="batch">How many triggers it takes at a time. It takes one unless told otherwise.</param>
internal sealed class QuartzContestant(int batch) : IContestant
{
    private IScheduler? _scheduler;

    public async Task StartAsync(Load load, Recorder recorder)
    {
        Job.Recorder = recorder;
        _scheduler = await QuartzSchedulerBuilder.Create(_ => { })
            .UseProperties(new NameValueCollection
            {
                ["quartz.threadPool.maxConcurrency"] = LatenessBenchmark.Workers.ToString(CultureInfo.InvariantCulture),
                ["quartz.scheduler.batchTriggerAcquisitionMaxCount"] = batch.ToString(CultureInfo.InvariantCulture),
            })
            .BuildScheduler(CancellationToken.None);
        for (var schedule = 0; schedule < load.Count; schedule++)
        {
            // Quartz wants one of the two days left open.
            var cron = load.Cron(schedule)[..^1] + "?";
            await _scheduler.ScheduleJob(
                JobBuilder.Create<Job>().WithIdentity($"{schedule}", $"{load.Group(schedule)}").Build(),
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
            Recorder!.Start(int.Parse(context.JobDetail.Key.Group, CultureInfo.InvariantCulture), context.ScheduledFireTimeUtc);
            return ValueTask.CompletedTask;
        }
    }
}
