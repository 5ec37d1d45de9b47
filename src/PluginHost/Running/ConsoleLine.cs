using System.Text;

namespace PluginHost.Running;

/// <summary>A line of the console that is being written: it is passed on when it is complete.</summary>
internal sealed class ConsoleLine(Action<string> onLine)
{
    // A script that never ends its line must not fill the memory.
    private const int Longest = 16 * 1024;

    private readonly StringBuilder _text = new();

    public void Append(ReadOnlySpan<char> text)
    {
        lock (_text)
        {
            var end = text.LastIndexOf('\n');
            if (end >= 0)
            {
                _text.Append(text[..end]);
                Log();
                text = text[(end + 1)..];
            }

            _text.Append(text);
            if (_text.Length > Longest)
            {
                Log();
            }
        }
    }

    /// <summary>Nothing more is to come.</summary>
    public void End()
    {
        lock (_text)
        {
            if (_text.Length > 0)
            {
                Log();
            }
        }
    }

    private void Log()
    {
        onLine(_text.ToString());
        _text.Clear();
    }
}
