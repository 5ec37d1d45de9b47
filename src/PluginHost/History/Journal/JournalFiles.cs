using System.Buffers;
using System.Text.Json;

namespace PluginHost.History.Journal;

/// <summary>The files of a journal beside the database: one is written while what the other holds goes into the database.</summary>
/// <remarks>
/// What the database has is written over, and not cut off before: to write where a file has its place on the disk already
/// takes half as long as to make it longer. So behind what was written last there are lines of before, by their numbers.
/// </remarks>
internal sealed class JournalFiles : IDisposable
{
    // A database that takes nothing is not waited for until the disk is full.
    private const long Largest = 64 * 1024 * 1024;

    // What is left of a rush takes no more room than this.
    private const long Kept = 16 * 1024 * 1024;

    private readonly FileStream[] _files;
    private readonly ArrayBufferWriter<byte> _lines = new();

    // Up to where each file holds what the database may not have.
    private readonly long[] _ends = [0, 0];

    // Of each file: how long it should be, while it cannot be made so.
    private readonly long?[] _cut = [null, null];

    /// <param name="database">The file that they are beside.</param>
    /// <param name="last">The number of the last line that was written, to go on from.</param>
    public JournalFiles(string database, long last)
    {
        _files = [.. Paths(database).Select(Open)];
        Last = last;
    }

    public static IReadOnlyList<int> All { get; } = [0, 1];

    /// <summary>The number of the last line that was written.</summary>
    public long Last { get; private set; }

    /// <summary>Which of them is written.</summary>
    public int Current { get; private set; }

    public int Other => 1 - Current;

    public bool IsFull => _ends[Current] > Largest;

    public static IEnumerable<string> Paths(string database) => [$"{database}-runs1", $"{database}-runs2"];

    /// <summary>What they hold, in the order in which it was written.</summary>
    /// <param name="database">The file that they are beside.</param>
    /// <param name="last">The line up to which that has everything, so that these are left out; null when it is to be seen later.</param>
    /// <exception cref="InvalidOperationException">There is something that this version does not understand.</exception>
    public static IReadOnlyList<JournalLine> Read(string database, long? last)
    {
        try
        {
            return [.. Paths(database).Where(File.Exists).SelectMany(Lines)
                .Where(line => last is null || !JournalLine.IsUpTo(line, last.Value))
                .Select(JournalLine.Parse).OfType<JournalLine>().OrderBy(line => line.Number)];
        }
        catch (JsonException failure)
        {
            throw new InvalidOperationException(
                $"The journal of runs beside {database} ({string.Join(", ", Paths("").Select(path => $"…{path}"))}) holds a run that this version of PluginHost cannot read: {failure.Message} Nothing was changed. Start the version that wrote it once, or move these files away: the runs in them are then not known.",
                failure);
        }
    }

    /// <summary>Returns when it is on disk.</summary>
    /// <exception cref="Exception">It is not, whatever the reason.</exception>
    public void Append(IEnumerable<JournaledRun> runs)
    {
        var (file, number) = (_files[Current], Last);
        if (_cut[Current] is { } left)
        {
            Cut(Current, left);
        }

        var whole = _ends[Current];
        try
        {
            file.Position = whole;

            // On lines of its own, even behind one that was cut off.
            _lines.ResetWrittenCount();
            _lines.Write("\n"u8);
            foreach (var run in runs)
            {
                JournalLine.Write(++number, Last + 1, run, _lines);
            }

            file.Write(_lines.WrittenSpan);
            if (OperatingSystem.IsMacOS())
            {
                // Where what is written through has not left the drive's own memory.
                file.Flush(flushToDisk: true);
            }

            _ends[Current] = file.Position;
            Last = number;
        }
        catch (Exception)
        {
            // Whoever is told that it is not there must not find it after a crash. Until that is so, nothing follows it.
            Cut(Current, whole);
            throw;
        }
    }

    /// <summary>What comes now goes into the other file, unless there is something in this one that nobody may find: another line has its number then.</summary>
    public void Switch() => Current = _cut[Current] is null ? Other : Current;

    /// <summary>Everything in it is in the database.</summary>
    public void Reuse(int file)
    {
        _ends[file] = 0;
        Shorten(file, _cut[file] is null ? Kept : 0);
    }

    /// <summary>What is not in the database stays.</summary>
    public void Dispose()
    {
        foreach (var file in All)
        {
            Shorten(file, _ends[file]);
            _files[file].Dispose();
        }
    }

    /// <summary>If it cannot be done now, that does no harm: what the database has is left out when it is read.</summary>
    private void Shorten(int file, long most)
    {
        try
        {
            if (_files[file] is { CanWrite: true } open && open.Length > most)
            {
                open.SetLength(most);
                _cut[file] = null;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next time.
        }
    }

    private void Cut(int file, long length)
    {
        _cut[file] = length;
        _files[file].SetLength(length);
        _files[file].Flush(flushToDisk: true);
        _cut[file] = null;
    }

    /// <summary>Also while a host writes it.</summary>
    private static IEnumerable<string> Lines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }

    // Unbuffered, so that a write that fails has not been kept for the next. Written through, as Flush passes over some of
    // what a disk may answer.
    private static FileStream Open(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read, BufferSize = 0, Options = FileOptions.WriteThrough,
    });
}
