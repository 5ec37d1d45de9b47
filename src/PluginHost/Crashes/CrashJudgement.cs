using PluginHost.History;

namespace PluginHost.Crashes;

/// <summary>Writes down what was under way when the host died, and who is suspected. Once for each start, in the transaction that ends those runs.</summary>
internal sealed class CrashJudgement(PreviousDeath death, QuarantineOptions options, DateTimeOffset now)
{
    /// <summary>What was put in quarantine.</summary>
    public IReadOnlyList<Quarantine> Quarantined { get; private set; } = [];

    /// <summary>What the runs that were under way ended of; null when nobody has seen that.</summary>
    public RunError? Error => death.Cause is { } cause ? new RunError("HostDied", $"The host died while it was under way: {PreviousDeath.Headline(cause)}.", cause) : null;

    public bool IsSuspected(RunInfo run) =>
        Quarantined.Any(quarantine => quarantine.Script.Equals(run.Script, StringComparison.OrdinalIgnoreCase) && quarantine.Version == run.Version);

    public void Judge(HistoryConnection connection, IReadOnlyList<RunInfo> lost)
    {
        // What was in a worker process ends that, and not the host. The transaction may be tried again, so nothing is added up here.
        var suspected = lost.Where(run => run.Isolation == ScriptIsolation.Host).ToList();
        var scripts = suspected.GroupBy(run => (Script: run.Script.ToLowerInvariant(), run.Version)).ToList();
        foreach (var run in suspected)
        {
            CrashStore.Add(connection, new Crash(run.Id, run.Script, run.Version!, now, scripts.Count == 1, death.Cause));
        }

        Quarantined = [.. scripts.Select(runs => Judge(connection, runs.First())).OfType<Quarantine>()];
        foreach (var quarantine in Quarantined)
        {
            CrashStore.Save(connection, quarantine);
        }
    }

    private Quarantine? Judge(HistoryConnection connection, RunInfo run)
    {
        // Of several runs that one death has ended, one counts.
        var crashes = CrashStore.Of(connection, run.Script, run.Version!).DistinctBy(crash => crash.At).ToList();
        return QuarantineRule.Suspect(crashes, CrashStore.LastRunThatEnded(connection, run.Script), options, now) is { } reason
            ? new Quarantine(run.Script, run.Version!, now, crashes.Count, reason)
            : null;
    }
}
