namespace PluginHost.Running;

/// <summary>One of the <see cref="ScriptThreads"/>, as those that have work for it see it.</summary>
/// <remarks>A monitor, because whatever else a thread can wait by spins first: sixty that wait would take the processor from those that work.</remarks>
internal sealed class ScriptThread
{
    private readonly object _gate = new();
    private Task? _next;

    /// <summary>When it began what it does, by the timestamps of the clock; 0 while it does nothing. Whoever looks has the lock of all of them.</summary>
    public long BeganAt { get; set; }

    public void Give(Task task)
    {
        lock (_gate)
        {
            _next = task;
            Monitor.Pulse(_gate);
        }
    }

    /// <returns>Null when nothing is given in time.</returns>
    public Task? Take(TimeSpan limit)
    {
        lock (_gate)
        {
            if (_next is null && limit > TimeSpan.Zero)
            {
                Monitor.Wait(_gate, limit);
            }

            var task = _next;
            _next = null;
            return task;
        }
    }
}
