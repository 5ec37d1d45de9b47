namespace PluginHost.Running;

/// <summary>A run in the queue: with its turn while it waits, and its places once it is under way.</summary>
/// <param name="run">The run.</param>
/// <param name="script">The runs of its script, itself among them.</param>
/// <param name="limits">The bounds of each of which it needs a place, that of its script first.</param>
/// <param name="arrival">How many came before it.</param>
internal sealed class RunPlace(ActiveRun run, ScriptRuns script, RunLimit[] limits, long arrival)
{
    private readonly bool _isExclusive = run.Info.Exclusive;

    /// <summary>Those asked for by hand before all others, and each kind in the order in which they came.</summary>
    public static readonly IComparer<RunPlace> ByTurn = Comparer<RunPlace>.Create((one, other) => one.Turn.CompareTo(other.Turn));

    public ActiveRun Run { get; } = run;

    public ScriptRuns Script { get; } = script;

    public RunLimit[] Limits { get; } = limits;

    /// <summary>The bound that had no place for it, where it waits.</summary>
    public RunLimit? ParkedAt { get; set; }

    public bool IsRunning { get; set; }

    public long Arrival => arrival;

    /// <summary>Whether one that came later was let in while this one waited to be alone. Then it is next.</summary>
    public bool WasPassed { get; set; }

    private (int Rank, long Arrival) Turn { get; } = (run.Info.Trigger == RunTrigger.Manual ? 0 : 1, arrival);

    /// <summary>Whether it bears no other run beside it within a bound.</summary>
    public bool IsAloneIn(RunLimit limit) => _isExclusive && limit == Limits[0];
}

/// <summary>The runs of one script.</summary>
internal sealed class ScriptRuns
{
    public HashSet<ActiveRun> Running { get; } = [];

    /// <summary>Those that wait, or have yet to be stored.</summary>
    public HashSet<ActiveRun> Coming { get; } = [];
}
