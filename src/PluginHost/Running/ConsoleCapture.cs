using System.Text;
using Microsoft.Extensions.Options;

namespace PluginHost.Running;

/// <summary>Sends what a script writes to the console to its run's log, and passes everything else through.</summary>
internal sealed class ConsoleCapture : IDisposable
{
    private readonly AsyncLocal<Captured?> _current = new();
    private readonly TextWriter? _out;
    private readonly TextWriter? _error;

    public ConsoleCapture(IOptions<PluginHostOptions> options)
    {
        if (options.Value.Runs.CaptureConsole)
        {
            (_out, _error) = (Console.Out, Console.Error);
            Console.SetOut(new Router(_out, () => _current.Value?.Out));
            Console.SetError(new Router(_error, () => _current.Value?.Error));
        }
    }

    /// <summary>What writes to the log of the run that this flow of execution belongs to, a level and a text; or null.</summary>
    public Action<string, string>? Current => _current.Value?.Write;

    /// <summary>From here on, in this flow of execution alone, lines that are written to the console go there, as level <c>OUT</c>.</summary>
    /// <returns>Passes on, when disposed, what was written of a line that has not ended.</returns>
    public IDisposable CaptureInto(Action<string, string> write)
    {
        // Set once, so that all that flows from here shares the two lines: a value that a method sets is gone when it returns.
        var captured = new Captured(write);
        _current.Value = captured;
        return captured;
    }

    public void Dispose()
    {
        if (_out is not null && _error is not null)
        {
            Console.SetOut(_out);
            Console.SetError(_error);
        }
    }

    private sealed class Captured(Action<string, string> write) : IDisposable
    {
        public Action<string, string> Write => write;

        public ConsoleLine Out { get; } = new(line => write("OUT", line));

        public ConsoleLine Error { get; } = new(line => write("OUT", line));

        public void Dispose()
        {
            Out.End();
            Error.End();
        }
    }

    private sealed class Router(TextWriter console, Func<ConsoleLine?> line) : TextWriter
    {
        public override Encoding Encoding => console.Encoding;

        public override void Write(char value) => Write([value]);

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(string? value) => Write(value.AsSpan());

        public override void Write(ReadOnlySpan<char> buffer)
        {
            if (line() is { } captured)
            {
                captured.Append(buffer);
            }
            else
            {
                console.Write(buffer);
            }
        }

        public override void WriteLine() => Write("\n");

        public override void WriteLine(string? value) => Write(value + "\n");

        public override void Flush() => console.Flush();
    }
}
