using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;

namespace PluginHost.Running;

/// <summary>Gives the thread pool more threads at once when what scripts have put on it blocks all that it has.</summary>
/// <remarks>
/// A pool whose threads all block gets one or two more each second, and everything else in the process waits behind the
/// scripts meanwhile: pages, the API, the commit that would mend it. A thread of its own asks the pool four times a second
/// for a sign of life.
/// </remarks>
internal sealed partial class ThreadPoolRelief(RunLifecycle runs, HostProblems problems, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<ThreadPoolRelief> logger) : IHostedService, IDisposable
{
    private const string Problem = "thread pool";
    private const string NoRun = "none";
    private const int FewestMore = 8;
    private const int MostMore = 128;
    private const int MostThreads = 1000;
    private const int MostLooks = 4;

    // Of all processors, together.
    private const double Busy = 0.8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.25);
    private static readonly TimeSpan Calm = TimeSpan.FromMinutes(1);

    private readonly ManualResetEventSlim _stop = new();
    private readonly AutoResetEvent _sign = new(false);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Runs.RelieveThreadPool)
        {
            new Thread(Watch) { IsBackground = true, Name = "PluginHost thread pool relief", Priority = ThreadPriority.AboveNormal }.UnsafeStart();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stop.Set();
        return Task.CompletedTask;
    }

    public void Dispose() => _stop.Set();

    private void Watch()
    {
        long? relieved = null;
        while (!_stop.Wait(Interval))
        {
            if (IsStarved())
            {
                relieved = time.GetTimestamp();
            }
            else if (relieved is { } last && time.GetElapsedTime(last) > Calm)
            {
                relieved = null;
                problems.Set(Problem, null);
                ThreadPoolMinimum.Restore();
            }
        }

        ThreadPoolMinimum.Restore();
    }

    /// <summary>Asks for a sign of life, and gives threads until there is one.</summary>
    private bool IsStarved()
    {
        ThreadPool.UnsafeQueueUserWorkItem(static sign => sign.Set(), _sign, preferLocal: false);
        // The first silence may be that of a process that was suspended, with everything in it. And while the
        // processors are at work on it, more threads would only share them; but what keeps them busy may be something else.
        if (_sign.WaitOne(Interval) || HasAnswered() || _stop.IsSet)
        {
            return false;
        }

        LogStarved(ThreadPool.ThreadCount, ThreadPool.PendingWorkItemCount, UnderWay());
        do
        {
            Relieve();
        }
        while (!HasAnswered() && !_stop.IsSet);
        return true;
    }

    private bool HasAnswered()
    {
        var isBusy = true;
        for (var looks = 0; isBusy && looks < MostLooks && !_stop.IsSet; looks++)
        {
            var used = Environment.CpuUsage.TotalTime;
            if (_sign.WaitOne(Interval))
            {
                return true;
            }

            isBusy = Environment.CpuUsage.TotalTime - used > Interval * Environment.ProcessorCount * Busy;
        }

        return false;
    }

    private void Relieve()
    {
        var (threads, waiting) = (ThreadPool.ThreadCount, ThreadPool.PendingWorkItemCount);
        var given = ThreadPoolMinimum.RaiseTo(Math.Min(threads + (int)Math.Clamp(waiting, FewestMore, MostMore), MostThreads));
        problems.Set(
            Problem,
            $"Every thread of the thread pool, which pages and the API share with scripts, was blocked. {(given ? $"It is given more of them ({threads} now, at most {MostThreads})" : $"It has {threads} and can have no more")}. {Advice()}");
    }

    private string Advice() => UnderWay() is not NoRun and var scripts
        ? $"Under way: {scripts}. In what a script puts on the pool with Task.Run, await instead of blocking, or start less of it at once; [Script(Isolation = ScriptIsolation.Process)] gives a script a pool of its own."
        : "No script was under way: either the machine is too busy with other work, or something that a script left behind when it ended is still on the pool. This goes away by itself a minute after the pool answers again.";

    private string UnderWay() => runs.Active.Where(run => run.Info.State == RunState.Running).Select(run => run.Info.Script).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(10).ToList() is { Count: > 0 } scripts
        ? string.Join(", ", scripts)
        : NoRun;

    [LoggerMessage(EventId = 735, Level = LogLevel.Warning, Message = "The thread pool has not answered for half a second: its {Threads} threads are blocked or busy, and {Waiting} pieces of work wait. It is given more threads. Scripts under way: {ScriptIds}")]
    private partial void LogStarved(int threads, long waiting, string scriptIds);
}
