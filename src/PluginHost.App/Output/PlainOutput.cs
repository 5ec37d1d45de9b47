using System.Text;
using Spectre.Console;

namespace PluginHost.App.Output;

/// <summary>A file, a pipe or a test as Spectre.Console writes to it: without a width that tables would be cut to.</summary>
internal sealed class PlainOutput(TextWriter writer, int width) : IAnsiConsoleOutput
{
    public TextWriter Writer { get; } = writer;

    public bool IsTerminal => false;

    public int Width { get; } = width;

    public int Height => int.MaxValue;

    public void SetEncoding(Encoding encoding)
    {
        // What a writer was opened with stays.
    }
}
