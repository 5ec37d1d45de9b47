using PluginHost.Scripts;

namespace PluginHost.Scheduling;

/// <summary>When each schedule is due next, in order.</summary>
internal sealed class Timetable
{
    private readonly Dictionary<(string Script, string Key), (ScheduleDescriptor Schedule, DateTimeOffset? Due)> _entries = [];
    private readonly SortedSet<(DateTimeOffset Due, string Script, string Key)> _order = [];

    public IReadOnlyCollection<(string Script, string Key)> Keys => _entries.Keys;

    public DateTimeOffset? NextDue => _order.Count > 0 ? _order.Min.Due : null;

    public ((string Script, string Key) Key, ScheduleDescriptor Schedule) First
    {
        get
        {
            var first = _order.Min;
            return ((first.Script, first.Key), _entries[(first.Script, first.Key)].Schedule);
        }
    }

    public (ScheduleDescriptor Schedule, DateTimeOffset? Due)? Find((string Script, string Key) key) =>
        _entries.TryGetValue(key, out var entry) ? entry : null;

    /// <summary>Sets when a schedule is due next; null when never again.</summary>
    public void Set((string Script, string Key) key, ScheduleDescriptor schedule, DateTimeOffset? due)
    {
        Remove(key);
        _entries[key] = (schedule, due);
        if (due is { } time)
        {
            _order.Add((time, key.Script, key.Key));
        }
    }

    public void Remove((string Script, string Key) key)
    {
        if (_entries.Remove(key, out var entry) && entry.Due is { } due)
        {
            _order.Remove((due, key.Script, key.Key));
        }
    }
}
