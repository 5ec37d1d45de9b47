namespace PluginHost.Running;

/// <summary>Tells from one look to the next which processes no run can want any more.</summary>
internal sealed class ProcessSightings
{
    private Dictionary<int, IReadOnlyList<Task>> _known = [];

    /// <summary>Those of the processes that were seen before, and whose runs have all ended since.</summary>
    /// <param name="found">The ids of the processes that there are now.</param>
    /// <param name="underWay">The ends of the runs that are under way now. For a process that is new, each may be the one that started it.</param>
    /// <remarks>What is new stays for one look in any case: its run may have ended just now, and it may be about to end by itself.</remarks>
    public IReadOnlyList<int> Left(IReadOnlyList<int> found, IReadOnlyList<Task> underWay)
    {
        var left = found.Where(id => _known.TryGetValue(id, out var suspects) && suspects.All(run => run.IsCompleted)).ToList();
        _known = found.Except(left).ToDictionary(id => id, id => _known.GetValueOrDefault(id, underWay));
        return left;
    }
}
