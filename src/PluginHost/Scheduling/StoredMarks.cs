using PluginHost.History;

namespace PluginHost.Scheduling;

/// <summary>The marks of the last run of the host, until each script is live again and takes its own.</summary>
internal sealed class StoredMarks
{
    private readonly Dictionary<string, Dictionary<string, DateTimeOffset>> _scripts = new(StringComparer.OrdinalIgnoreCase);

    public StoredMarks(IEnumerable<ScheduleMark> marks)
    {
        foreach (var mark in marks)
        {
            if (!_scripts.TryGetValue(mark.Script, out var keys))
            {
                _scripts[mark.Script] = keys = new Dictionary<string, DateTimeOffset>(StringComparer.Ordinal);
            }

            keys[mark.Key] = mark.Until;
        }
    }

    /// <summary>The marks of a script, by the keys of its schedules; from then on they are the caller's.</summary>
    public Dictionary<string, DateTimeOffset> Take(string script) => _scripts.Remove(script, out var keys) ? keys : [];
}
