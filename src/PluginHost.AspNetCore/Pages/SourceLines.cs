namespace PluginHost.AspNetCore.Pages;

/// <summary>The files of a commit that diagnostics speak of, by line.</summary>
public sealed class SourceLines
{
    /// <summary>No file at all.</summary>
    internal static readonly SourceLines None = new([]);

    private const int Around = 2;
    private const int MostFiles = 20;
    private const int LongestLine = 240;

    private readonly Dictionary<string, string[]> _files;

    private SourceLines(IEnumerable<SourceText> files) =>
        _files = files.Where(file => file.Text is not null).ToDictionary(file => file.Path, file => file.Text!.Split('\n'), StringComparer.Ordinal);

    internal static async Task<SourceLines> ReadAsync(IPluginHost host, string source, string commit, IEnumerable<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        List<string> paths = [.. diagnostics.Where(diagnostic => diagnostic.Line is not null).Select(diagnostic => diagnostic.File).OfType<string>().Distinct(StringComparer.Ordinal).Take(MostFiles)];
        try
        {
            return paths.Count == 0 ? None : new SourceLines(await host.ReadFilesAsync(source, commit, paths, cancellationToken));
        }
        catch (NotFoundException)
        {
            // The source is configured no longer; what was said of its commits stays.
            return None;
        }
    }

    /// <summary>The lines around the one that a diagnostic is about; none where they are not known.</summary>
    internal IEnumerable<(int Number, string Text, bool IsIt)> Near(Diagnostic diagnostic)
    {
        if (diagnostic is not { File: { } file, Line: { } line } || !_files.TryGetValue(file, out var lines) || line > lines.Length)
        {
            return [];
        }

        var (first, last) = (Math.Max(1, line - Around), Math.Min(lines.Length, line + Around));
        return Enumerable.Range(first, last - first + 1).Select(number => (number, Cut(lines[number - 1].TrimEnd('\r')), number == line));
    }

    private static string Cut(string line) => line.Length > LongestLine ? $"{line[..LongestLine]}…" : line;
}
