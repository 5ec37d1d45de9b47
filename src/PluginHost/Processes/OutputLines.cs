using System.Text;

namespace PluginHost.Processes;

/// <summary>Reads what a command writes, line by line. A line without end does not fill the memory.</summary>
internal static class OutputLines
{
    /// <summary>How many characters of a line are passed on.</summary>
    public const int MaxLength = 32 * 1024;

    /// <summary>Ends when the output does.</summary>
    public static async Task ReadAsync(StreamReader output, Action<string> onLine)
    {
        var buffer = new char[4096];
        var line = new StringBuilder();
        try
        {
            for (int read; (read = await output.ReadAsync(buffer)) > 0;)
            {
                var rest = buffer.AsSpan(0, read);
                for (int end; (end = rest.IndexOf('\n')) >= 0; rest = rest[(end + 1)..])
                {
                    Append(line, rest[..end]);
                    Pass(line, onLine);
                }

                Append(line, rest);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Nobody waits for the rest any more.
        }

        if (line.Length > 0)
        {
            Pass(line, onLine);
        }
    }

    private static void Append(StringBuilder line, ReadOnlySpan<char> text) =>
        line.Append(text[..Math.Min(text.Length, MaxLength - line.Length)]);

    private static void Pass(StringBuilder line, Action<string> onLine)
    {
        if (line.Length > 0 && line[^1] == '\r')
        {
            line.Length--;
        }

        onLine(line.ToString());
        line.Clear();
    }
}
