using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Building;
using PluginHost.Processes;

namespace PluginHost.Running;

/// <summary>Ends the processes that runs in this process have started and left behind.</summary>
/// <remarks>The host's own commands have an environment of their own, and so are not marked.</remarks>
internal sealed partial class LeftProcesses(RunLifecycle runs, BuildEnvironment environment, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<LeftProcesses> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ProcessMark _mark = new("PLUGINHOST_SCRIPTS", environment.Mark);
    private readonly ProcessSightings _sightings = new();

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Runs.EndLeftProcesses)
        {
            // Those of a host before this one that was killed.
            EndAll();
            _mark.PutOnWhatIsStarted();
            await base.StartAsync(cancellationToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (options.Value.Runs.EndLeftProcesses)
        {
            EndAll();
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Try(Sweep);
        }
    }

    private void EndAll() => Try(() => End([.. _mark.Find()]));

    // Where not even a folder can be opened, because a script has used up all handles, the host must not end of it.
    private void Try(Action look)
    {
        try
        {
            look();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogFailed(failure);
        }
    }

    private void Sweep() => End(_sightings.Left(
        [.. _mark.Find()], [.. runs.Active.Where(run => run.Info is { State: RunState.Running, Isolation: ScriptIsolation.Host }).Select(run => run.Finished)]));

    private void End(IReadOnlyList<int> processes)
    {
        foreach (var (id, name) in processes.Select(id => (id, ProcessMark.NameOf(id))))
        {
            if (ProcessSession.KillOne(id))
            {
                LogEnded(id, name);
            }
        }
    }

    [LoggerMessage(EventId = 737, Level = LogLevel.Warning, Message = "Whether runs have left processes behind cannot be seen now.")]
    private partial void LogFailed(Exception failure);

    [LoggerMessage(EventId = 736, Level = LogLevel.Warning, Message = "Ended process {ProcessId} ({Name}): a script had started it, and its run was over. A script should wait for what it starts, or end it. What is meant to stay, such as a build server that later runs use, has to be started apart from the host.")]
    private partial void LogEnded(int processId, string name);
}
