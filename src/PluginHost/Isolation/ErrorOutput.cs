namespace PluginHost.Isolation;

/// <summary>The first and the last lines that a worker wrote to its standard error: a crash says at the beginning what it is, and at the end where.</summary>
internal sealed class ErrorOutput
{
    private const int MostFirst = 5;
    private const int MostLast = 15;
    private const int LongestLine = 500;

    private readonly Lock _lock = new();
    private readonly List<string> _first = [];
    private readonly Queue<string> _last = [];
    private long _leftOut;

    public void Add(string line)
    {
        var text = line.Length <= LongestLine ? line : $"{line.AsSpan(0, LongestLine)}…";
        lock (_lock)
        {
            if (_first.Count < MostFirst)
            {
                _first.Add(text);
                return;
            }

            _last.Enqueue(text);
            if (_last.Count > MostLast)
            {
                _last.Dequeue();
                _leftOut++;
            }
        }
    }

    /// <summary>The lines; empty when there are none.</summary>
    public override string ToString()
    {
        lock (_lock)
        {
            return string.Join('\n', [.. _first, .. _leftOut > 0 ? [$"… {_leftOut} lines …"] : Array.Empty<string>(), .. _last]);
        }
    }
}
