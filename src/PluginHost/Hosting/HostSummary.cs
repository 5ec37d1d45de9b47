using System.Reflection;
using PluginHost.Crashes;
using PluginHost.Pipeline;
using PluginHost.Running;
using PluginHost.Swapping;

namespace PluginHost.Hosting;

/// <summary>The host at a glance.</summary>
internal sealed class HostSummary(
    HostReadiness readiness,
    HostActivities activities,
    SourceWatchers sources,
    PluginStates plugins,
    LiveRegistry live,
    RunService runs,
    HostProblems problems,
    SafeMode safeMode,
    TimeProvider time)
{
    public static readonly string Version =
        typeof(HostSummary).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly long _startedAt = time.GetTimestamp();

    public HostStatus Read()
    {
        var infos = sources.Infos;
        var all = plugins.All;
        var broken = all.Count(plugin => plugin.Problem is not null);
        var own = problems.All;
        var leaked = all.Sum(plugin => plugin.Leaked.Count);
        var (running, queued) = runs.Counts;
        return new HostStatus(
            Version,
            State(broken + leaked + own.Count > 0 || infos.Any(source => source.Error is not null)),
            (long)time.GetElapsedTime(_startedAt).TotalMilliseconds,
            new MemoryInfo(Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false)),
            infos,
            new HostCounts(live.Current.Plugins.Count, live.Current.Scripts.Count, running, queued, broken),
            leaked,
            activities.Current,
            own) { SafeMode = safeMode.IsOn };
    }

    private HostState State(bool needsAttention) =>
        !readiness.IsReady ? HostState.Starting : needsAttention ? HostState.Degraded : HostState.Healthy;
}
