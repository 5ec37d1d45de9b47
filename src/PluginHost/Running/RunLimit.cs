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
    private readonly HashSet<RunPlace> _taken = [];

    public string Name { get; } = name;

    public int Most { get; set; }

    /// <summary>How many runs in the queue need a place here, under way or not.</summary>
    public int Users { get; set; }

    /// <summary>The run to which the free place belongs: of those that wait here and could use it, the first. Null when there is none.</summary>
    public RunPlace? Next
    {
        get
        {
            var first = _taken.Count < Most && !IsHeldBack ? _waiting.Min : null;
            var alone = _taken.Count == 0 ? _waitingToBeAlone.Min : null;
            return first is null || (alone is not null && ComesBefore(alone, first)) ? alone : first;
        }
    }

    /// <summary>Whether there is a place for a run, and nobody who waits for it comes before.</summary>
    public bool IsFreeFor(RunPlace place) =>
        _taken.Count < (place.IsAloneIn(this) ? 1 : Most)
        && (place.IsAloneIn(this) || !IsHeldBack)
        && !(Next is { } next && ComesBefore(next, place));

    public void Take(RunPlace place)
    {
        _taken.Add(place);
        if (_waitingToBeAlone.Min is { } alone && alone.Arrival < place.Arrival)
        {
            alone.WasPassed = true;
        }
    }

    public void Release(RunPlace place) => _taken.Remove(place);

    public void Park(RunPlace place) => WaitingLike(place).Add(place);

    public void Unpark(RunPlace place) => WaitingLike(place).Remove(place);

    /// <summary>
    /// Whether one that waits to be alone is passed no more. It is passed as long as it would have to wait anyway, for
    /// those that came before it; else it could wait for ever behind those that pass it.
    /// </summary>
    private bool IsHeldBack => _taken.Count > 0 && _waitingToBeAlone.Min is { } alone && _taken.All(place => place.Arrival > alone.Arrival);

    /// <summary>Each in its turn; but one that waits to be alone and was passed is passed no more.</summary>
    private bool ComesBefore(RunPlace one, RunPlace other)
    {
        var isFirst = RunPlace.ByTurn.Compare(one, other) < 0;
        return one.IsAloneIn(this) == other.IsAloneIn(this) ? isFirst
            : one.IsAloneIn(this) ? one.WasPassed || isFirst
            : isFirst && !other.WasPassed;
    }

    private SortedSet<RunPlace> WaitingLike(RunPlace place) => place.IsAloneIn(this) ? _waitingToBeAlone : _waiting;
}
