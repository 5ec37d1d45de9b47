using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace PluginHost.History.Journal;

/// <summary>What a run is from now on, as the journal keeps it until the database has it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Row">The same, as it is written.</param>
/// <param name="Mark">Of a new run of a schedule: up to where that is accounted for; else null.</param>
internal sealed record JournaledRun(RunInfo Run, RunRow Row, ScheduleMark? Mark)
{
    // Neither the number nor JSON has one in it.
    private const char Separator = '\t';

    public static JournaledRun Of(RunInfo run, ScheduleMark? mark) => new(run, RunRow.Of(run), mark);

    /// <summary>What it is for, when it is new.</summary>
    public OccurrenceInfo? Occurrence => Mark is null ? null : new OccurrenceInfo
    {
        Script = Mark.Script, Schedule = Mark.Key, Due = Run.ScheduledFor!.Value, Until = Run.ScheduledFor.Value, Count = 1, Outcome = OccurrenceOutcome.Pending, RunId = Run.Id,
    };

    /// <summary>Whether a run is never again what it was before.</summary>
    public bool IsFurtherThan(JournaledRun other) => Stage >= other.Stage;

    private int Stage => Run.State switch { RunState.Queued => 0, RunState.Running => 1, _ => 2 };

    /// <summary>Writes a line of the journal.</summary>
    /// <param name="number">Which of them this is: the two files of a journal are read together.</param>
    /// <param name="lines">What it is written to.</param>
    public void WriteLine(long number, IBufferWriter<byte> lines)
    {
        var mark = Mark is null ? "" : JsonSerializer.Serialize(Mark, HistoryJson.Default.ScheduleMark);
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{number}{Separator}{mark.Length + Row.Document.Length}{Separator}{mark}{Separator}"), lines);
        Encoding.UTF8.GetBytes(Row.Document, lines);
        lines.Write("\n"u8);
    }

    /// <returns>Null when the line was cut off while it was written, so that nobody was told of it.</returns>
    /// <exception cref="JsonException">It was not, and cannot be understood.</exception>
    public static (long Number, JournaledRun Run)? Parse(string line)
    {
        if (line.Split(Separator) is not [var digits, var length, var mark, var document]
            || !long.TryParse(digits, CultureInfo.InvariantCulture, out var number)
            || length != (mark.Length + document.Length).ToString(CultureInfo.InvariantCulture))
        {
            return null;
        }

        var run = JsonSerializer.Deserialize(document, HistoryJson.Default.RunInfo) ?? throw new JsonException("There is no run.");
        return mark.Length == 0
            ? (number, Of(run, null))
            : (number, Of(run.ScheduledFor is null ? throw new JsonException("The run is for no time.") : run, JsonSerializer.Deserialize(mark, HistoryJson.Default.ScheduleMark)));
    }
}
