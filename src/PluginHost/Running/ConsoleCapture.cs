using System.Text;
using Microsoft.Extensions.Options;

namespace PluginHost.Running;

/// <summary>Sends what a script writes to the console to its run's log, and passes everything else through.</summary>
internal sealed class ConsoleCapture : IDisposable
{
    private readonly AsyncLocal<RunLog?> _current = new();
    private readonly TextWriter? _out;
    private readonly TextWriter? _error;

    public ConsoleCapture(IOptions<PluginHostOptions> options)
    {
        if (options.Value.Runs.CaptureConsole)
        {
            (_out, _error) = (Console.Out, Console.Error);
            Console.SetOut(new Router(this, _out));
            Console.SetError(new Router(this, _error));
        }
    }

    /// <summary>From here on, in this flow of execution alone, the console is the log.</summary>
    public void CaptureInto(RunLog log) => _current.Value = log;

    public void Dispose()
    {
        if (_out is not null && _error is not null)
        {
            Console.SetOut(_out);
            Console.SetError(_error);
        }
    }

    private sealed class Router(ConsoleCapture capture, TextWriter console) : TextWriter
    {
        private readonly AsyncLocal<StringBuilder?> _line = new();

        public override Encoding Encoding => console.Encoding;

        public override void Write(char value) => Write(value.ToString());

        public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

        public override void Write(string? value)
        {
            if (capture._current.Value is not { } log)
            {
                console.Write(value);
                return;
            }

            // A line is logged when it is complete. One that never is goes out with what follows it.
            var line = _line.Value ??= new StringBuilder();
            lock (line)
            {
                line.Append(value);
                var text = line.ToString();
                var end = text.LastIndexOf('\n');
                if (end >= 0)
                {
                    log.Write("OUT", text[..end]);
                    line.Clear().Append(text, end + 1, text.Length - end - 1);
                }
            }
        }

        public override void WriteLine() => Write("\n");

        public override void WriteLine(string? value) => Write(value + "\n");

        public override void Flush() => console.Flush();
    }
}
