using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>The schedules at work, by script and by when each is due next.</summary>
internal sealed class Timetable
{
    private readonly Dictionary<string, List<ScheduleEntry>> _scripts = new(StringComparer.OrdinalIgnoreCase);
    private readonly DueQueue _queue = new();
    private long _entered;

    /// <summary>The one that is due first.</summary>
    public ScheduleEntry? First => _queue.First;

    /// <summary>Those of a script, in the order in which they were entered.</summary>
    public IReadOnlyList<ScheduleEntry> Of(string script) => _scripts.GetValueOrDefault(script) ?? (IReadOnlyList<ScheduleEntry>)[];

    /// <summary>Enters a schedule, which is not due before <see cref="SetDue"/> says when.</summary>
    public ScheduleEntry Enter(string script, ScheduleDescriptor schedule, DateTimeOffset mark)
    {
        if (!_scripts.TryGetValue(script, out var entries))
        {
            _scripts[script] = entries = [];
        }

        var entry = new ScheduleEntry(script, schedule, mark, _entered++);
        entries.Add(entry);
        return entry;
    }

    /// <summary>Sets when a schedule is due next; null when never again.</summary>
    public void SetDue(ScheduleEntry entry, DateTimeOffset? due)
    {
        entry.Due = due;
        if (due is null)
        {
            _queue.Remove(entry);
        }
        else
        {
            _queue.Place(entry);
        }
    }

    public void Remove(ScheduleEntry entry)
    {
        _queue.Remove(entry);
        if (_scripts.TryGetValue(entry.Script, out var entries) && entries.Remove(entry) && entries.Count == 0)
        {
            _scripts.Remove(entry.Script);
        }
    }
}
