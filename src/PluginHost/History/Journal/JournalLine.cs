using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace PluginHost.History.Journal;

/// <summary>A line of a journal: two numbers, of a new run its mark (null when it is for no schedule) and else nothing, the run, and a checksum of all that.</summary>
/// <param name="Number">One more than that of the line before, in whichever file that is.</param>
/// <param name="First">The number of the first line that was written in one with it: where one of those is missing, nobody was told of any.</param>
/// <param name="Run">What it says.</param>
internal sealed record JournalLine(long Number, long First, JournaledRun Run)
{
    // None of the parts has one in it.
    private const char Separator = '\t';

    public static void Write(long number, long first, JournaledRun run, ArrayBufferWriter<byte> lines)
    {
        var start = lines.WrittenCount;
        var mark = run.IsNew ? JsonSerializer.Serialize(run.Mark, HistoryJson.Default.ScheduleMark!) : "";
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}{Separator}{first}{Separator}{mark}{Separator}"), lines);
        lines.Write(run.Row.Json);
        Encoding.UTF8.GetBytes($"{Separator}{Checksum(lines.WrittenSpan[start..])}\n", lines);
    }

    /// <summary>Whether it is one of the lines of a journal up to a number, so that it need not be read.</summary>
    public static bool IsUpTo(string line, long last) =>
        line.IndexOf(Separator) is > 0 and var end && long.TryParse(line.AsSpan(0, end), CultureInfo.InvariantCulture, out var number)
        && number <= last && last - number < JournalReplay.FarApart;

    /// <returns>Null when it is not as it was written, because it was cut off: then nobody was told of it.</returns>
    /// <exception cref="JsonException">It is, and cannot be understood.</exception>
    public static JournalLine? Parse(string line)
    {
        if (line.Split(Separator) is not [var digits, var firstDigits, var mark, var document, var checksum]
            || Checksum(Encoding.UTF8.GetBytes(line[..^(checksum.Length + 1)])) != checksum
            || !long.TryParse(digits, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(firstDigits, CultureInfo.InvariantCulture, out var first))
        {
            return null;
        }

        var run = JsonSerializer.Deserialize(document, HistoryJson.Default.RunInfo) ?? throw new JsonException("There is no run.");
        return new JournalLine(number, first, mark.Length == 0 ? JournaledRun.Of(run) : JournaledRun.New(run, ReadMark(mark, run)));
    }

    private static ScheduleMark? ReadMark(string text, RunInfo run) => JsonSerializer.Deserialize(text, HistoryJson.Default.ScheduleMark) is var mark && mark is not null && run.ScheduledFor is null
        ? throw new JsonException("The run is for no time.")
        : mark;

    /// <summary>CRC-32C, against what a disk does to a file when the power goes.</summary>
    internal static string Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            crc = BitOperations.Crc32C(crc, one);
        }

        return (~crc).ToString("x8", CultureInfo.InvariantCulture);
    }
}
