namespace PluginHost.Running;

/// <summary>A bound on how many runs may be under way at once, by its name.</summary>
/// <param name="Name">Runs with a rule of the same name share the places.</param>
/// <param name="Most">How many places there are.</param>
internal sealed record RunLimitRule(string Name, int Most);

/// <summary>The places of one bound, and the runs that wait for one of them.</summary>
internal sealed class RunLimit(string name)
{
    private readonly SortedDictionary<(int Rank, long Arrival), RunPlace> _waiting = [];
    private int _taken;

    public string Name { get; } = name;

    public int Most { get; set; }

    /// <summary>How many runs in the queue need a place here, under way or not.</summary>
    public int Users { get; set; }

    /// <summary>The run whose turn is next, or null when none waits here.</summary>
    public RunPlace? Next => _waiting.Count > 0 ? _waiting.First().Value : null;

    /// <param name="alone">Whether the run lets no other beside it.</param>
    public bool HasPlace(bool alone) => _taken < (alone ? 1 : Most);

    public void Take() => _taken++;

    public void Release() => _taken--;

    public void Park(RunPlace place) => _waiting.Add(place.Turn, place);

    public void Unpark(RunPlace place) => _waiting.Remove(place.Turn);
}

/// <summary>A run in the queue: with its turn while it waits, and its places once it is under way.</summary>
internal sealed class RunPlace(ActiveRun run, ScriptRuns script, IReadOnlyList<RunLimit> limits)
{
    public ActiveRun Run { get; } = run;

    /// <summary>The runs of its script, itself among them.</summary>
    public ScriptRuns Script { get; } = script;

    /// <summary>The bounds of each of which it needs a place, that of its script first.</summary>
    public IReadOnlyList<RunLimit> Limits { get; } = limits;

    public (int Rank, long Arrival) Turn { get; set; }

    /// <summary>The bound that had no place for it, where it waits.</summary>
    public RunLimit? ParkedAt { get; set; }

    public bool IsRunning { get; set; }
}

/// <summary>The runs of one script.</summary>
internal sealed class ScriptRuns
{
    public HashSet<ActiveRun> Running { get; } = [];

    /// <summary>Those that wait, or have yet to be stored.</summary>
    public HashSet<ActiveRun> Coming { get; } = [];
}
