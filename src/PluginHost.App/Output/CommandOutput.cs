using System.CommandLine;
using Spectre.Console;

namespace PluginHost.App.Output;

/// <summary>What a command writes: what it was asked for to the standard output, everything else to the standard error.</summary>
internal sealed class CommandOutput
{
    // Wide enough for whatever is in a table: what reads it has no right margin.
    private const int NoMargin = 10_000;

    private readonly TextWriter _writer;
    private readonly IAnsiConsole _out;
    private readonly IAnsiConsole _error;

    public CommandOutput(InvocationConfiguration configuration)
    {
        _writer = configuration.Output;
        _out = Console(configuration.Output, configuration.Output == System.Console.Out && !System.Console.IsOutputRedirected);
        _error = Console(configuration.Error, configuration.Error == System.Console.Error && !System.Console.IsErrorRedirected);
    }

    /// <summary>Writes JSON as it is.</summary>
    public void Json(string json) => _writer.WriteLine(json);

    /// <summary>Writes a line of a log.</summary>
    public void Log(string line) => _writer.WriteLine(Printable.Of(line));

    public void Line(Cell cell) => Line(_out, cell);

    /// <summary>Says something beside what was asked for.</summary>
    public void Note(string message) => Line(_error, new Cell(message, Color.Grey));

    public void Failure(string message) => Line(_error, new Cell(message, Color.Red));

    public void Table(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<Cell>> rows)
    {
        var table = new Table().NoBorder();
        foreach (var header in headers)
        {
            table.AddColumn(new TableColumn(new Text(header, new Style(decoration: Decoration.Bold))).PadLeft(0).PadRight(2));
        }

        foreach (var row in rows)
        {
            table.AddRow(row.Select(Text));
        }

        _out.Write(table);
    }

    /// <summary>Writes what is known of one thing; what is null is left out.</summary>
    public void Fields(params IEnumerable<(string Name, Cell? Value)> fields)
    {
        var grid = new Grid().AddColumn(new GridColumn().PadLeft(0).PadRight(2).NoWrap()).AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        foreach (var (name, value) in fields)
        {
            if (value is { } cell)
            {
                grid.AddRow(new Text(name, new Style(decoration: Decoration.Bold)), Text(cell));
            }
        }

        _out.Write(grid);
    }

    /// <summary>Does long work, and says meanwhile what is being done.</summary>
    public async Task<T> WhileAsync<T>(string what, Func<Action<string>, Task<T>> work)
    {
        if (_error.Profile.Out.IsTerminal)
        {
            return await _error.Status().Spinner(Spinner.Known.Line).StartAsync(Markup.Escape(what), context => work(now => context.Status = Markup.Escape(Printable.Of(now))));
        }

        Note($"{what}…");
        return await work(now => Note($"{now}…"));
    }

    private static void Line(IAnsiConsole console, Cell cell)
    {
        console.Write(Text(cell));
        console.WriteLine();
    }

    private static Text Text(Cell cell) => new(Printable.Of(cell.Text), new Style(cell.Color));

    private static IAnsiConsole Console(TextWriter writer, bool isTerminal)
    {
        var plain = !isTerminal || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = isTerminal ? new AnsiConsoleOutput(writer) : new PlainOutput(writer, NoMargin),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
    }
}
