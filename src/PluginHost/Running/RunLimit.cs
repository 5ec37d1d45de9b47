namespace PluginHost.Running;

/// <summary>A bound on how many runs may be under way at once, by its name.</summary>
/// <param name="Name">Runs with a rule of the same name share the places.</param>
/// <param name="Most">How many places there are.</param>
internal sealed record RunLimitRule(string Name, int Most);

/// <summary>The places of one bound, and the runs that wait for one of them.</summary>
internal sealed class RunLimit(string name)
{
    private readonly SortedSet<RunPlace> _waiting = new(RunPlace.ByTurn);

    // Apart from the others: the first of them holds nobody up who can do with a place beside others.
    private readonly SortedSet<RunPlace> _waitingToBeAlone = new(RunPlace.ByTurn);
    private int _taken;

    public string Name { get; } = name;

    public int Most { get; set; }

    /// <summary>How many runs in the queue need a place here, under way or not.</summary>
    public int Users { get; set; }

    /// <summary>The run to which the free place belongs: of those that wait here and could use it, the first. Null when there is none.</summary>
    public RunPlace? Next
    {
        get
        {
            var first = _taken < Most ? _waiting.Min : null;
            var alone = _taken == 0 ? _waitingToBeAlone.Min : null;
            return first is null || (alone is not null && RunPlace.ByTurn.Compare(alone, first) < 0) ? alone : first;
        }
    }

    /// <summary>Whether there is a place for a run, and nobody who waits for it comes before.</summary>
    public bool IsFreeFor(RunPlace place) =>
        _taken < (place.IsAloneIn(this) ? 1 : Most) && !(Next is { } next && RunPlace.ByTurn.Compare(next, place) < 0);

    public void Take() => _taken++;

    public void Release() => _taken--;

    public void Park(RunPlace place) => WaitingLike(place).Add(place);

    public void Unpark(RunPlace place) => WaitingLike(place).Remove(place);

    private SortedSet<RunPlace> WaitingLike(RunPlace place) => place.IsAloneIn(this) ? _waitingToBeAlone : _waiting;
}
