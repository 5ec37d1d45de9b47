using System.Text;

namespace PluginHost.App.Supervision;

/// <summary>What a process wrote to its standard error at last: from where the runtime began to say why it dies, or else the end.</summary>
internal sealed class LastWords
{
    private const int MostLines = 20;
    private const int LongestLine = 1000;
    private const int LongestCause = 6000;

    // How the runtime begins, in the order of the events in which it does.
    private static readonly string[] Beginnings = ["Stack overflow", "Process terminated", "Unhandled exception", "Out of memory", "Fatal error", "Got a SIG"];

    private readonly Lock _lock = new();
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private readonly Queue<string> _lines = new();
    private StringBuilder? _cause;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            var characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
            foreach (var character in characters.AsSpan(0, _decoder.GetChars(bytes, characters, flush: false)))
            {
                if (character == '\n')
                {
                    End();
                }
                else if (character != '\r' && _line.Length < LongestLine)
                {
                    _line.Append(character);
                }
            }
        }
    }

    /// <summary>Why the process died, as the runtime said it; null when it said nothing of that.</summary>
    public string? Cause
    {
        get
        {
            lock (_lock)
            {
                End();
                return _cause?.ToString().TrimEnd();
            }
        }
    }

    /// <summary>The last lines.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                End();
                return string.Join('\n', _lines);
            }
        }
    }

    private void End()
    {
        if (_line.Length == 0)
        {
            return;
        }

        var line = _line.ToString();
        _line.Clear();
        if (_cause is null && Beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.Ordinal)))
        {
            _cause = new StringBuilder();
        }

        if (_cause is { Length: < LongestCause })
        {
            _cause.Append(line).Append('\n');
        }

        _lines.Enqueue(line);
        if (_lines.Count > MostLines)
        {
            _lines.Dequeue();
        }
    }
}
