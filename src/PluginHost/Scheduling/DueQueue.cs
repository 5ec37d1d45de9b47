namespace PluginHost.Scheduling;

/// <summary>The schedules that will be due, the next one first: a binary heap in which each knows its place.</summary>
/// <remarks>The library's priority queue cannot move an element without looking through all of them.</remarks>
internal sealed class DueQueue
{
    private readonly List<ScheduleEntry> _heap = [];

    public ScheduleEntry? First => _heap.Count > 0 ? _heap[0] : null;

    /// <summary>Puts an entry where its time belongs, whether it was there already or not.</summary>
    public void Place(ScheduleEntry entry)
    {
        if (entry.Place < 0)
        {
            entry.Place = _heap.Count;
            _heap.Add(entry);
        }

        Sink(entry, Rise(entry, entry.Place));
    }

    public void Remove(ScheduleEntry entry)
    {
        if (entry.Place < 0)
        {
            return;
        }

        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last != entry)
        {
            Sink(last, Rise(last, entry.Place));
        }

        entry.Place = -1;
    }

    private int Rise(ScheduleEntry entry, int place)
    {
        while (place > 0 && _heap[(place - 1) / 2] is var parent && entry.ComesBefore(parent))
        {
            Put(parent, place);
            place = (place - 1) / 2;
        }

        Put(entry, place);
        return place;
    }

    private void Sink(ScheduleEntry entry, int place)
    {
        for (var child = (2 * place) + 1; child < _heap.Count; child = (2 * place) + 1)
        {
            if (child + 1 < _heap.Count && _heap[child + 1].ComesBefore(_heap[child]))
            {
                child++;
            }

            if (!_heap[child].ComesBefore(entry))
            {
                break;
            }

            Put(_heap[child], place);
            place = child;
        }

        Put(entry, place);
    }

    private void Put(ScheduleEntry entry, int place)
    {
        _heap[place] = entry;
        entry.Place = place;
    }
}
