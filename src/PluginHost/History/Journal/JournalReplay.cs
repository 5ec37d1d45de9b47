namespace PluginHost.History.Journal;

/// <summary>Brings what the journal holds into the database, of each run only what it has become.</summary>
internal static class JournalReplay
{
    // Those of one database are never so far apart, and those of two always, as each begins at a place of its own.
    public const long FarApart = 1L << 40;

    /// <summary>Brings what was left in the files into a database that nobody else writes, as far as that does not have it.</summary>
    /// <param name="connection">To the database.</param>
    /// <param name="lines">What the files hold.</param>
    /// <returns>The lines that do not go on where the database ends, so that they are of another one, or lines that were acknowledged are lost.</returns>
    public static IReadOnlyList<JournalLine> TakeUp(HistoryConnection connection, IReadOnlyList<JournalLine> lines)
    {
        if (lines.Count == 0)
        {
            return [];
        }

        connection.Begin();
        var last = Last(connection);
        var foreign = lines.Where(line => Math.Abs(line.Number - last) >= FarApart).ToList();
        var left = lines.Where(line => line.Number > last).Except(foreign).ToList();
        var following = left.TakeWhile((line, i) => line.Number <= (i == 0 ? last : left[i - 1].Number) + 1).ToList();
        var known = following is [.., var end] ? end.Number : last;

        // What was written last, when the power went, may be there without what was written in one with it. These are done
        // with: else they would follow one day, when others have had the numbers of those that are missing.
        List<JournalLine> unexplained = [.. foreign, .. left[following.Count..].FindAll(line => line.First > known + 1)];
        if (left.Count > 0)
        {
            Save(connection, following.Select(line => line.Run), unexplained.Count > 0 ? known : left[^1].Number);
        }

        connection.Commit();
        return unexplained;
    }

    /// <summary>Up to which line the database has everything.</summary>
    public static long Last(HistoryConnection connection) => connection.Query("SELECT last FROM journal", reader => reader.GetInt64(0)).Single();

    /// <summary>Within a transaction. What the database has further on stays as it is.</summary>
    /// <param name="connection">The transaction's.</param>
    /// <param name="journaled">What it does not have yet.</param>
    /// <param name="last">The line up to which it then has everything.</param>
    public static void Save(HistoryConnection connection, IEnumerable<JournaledRun> journaled, long last)
    {
        var marks = new Dictionary<(string, string), ScheduleMark>();
        foreach (var (first, newest) in ByRun(journaled))
        {
            // One whose beginning is neither here nor there was deleted, or another has its time.
            if (first.Occurrence is { } occurrence ? OccurrenceStore.Add(connection, OccurrenceStore.Settle(occurrence, newest.Run)) : first.IsNew)
            {
                newest.Row.Save(connection);
            }
            else
            {
                OccurrenceStore.Settle(connection, newest.Run);
                newest.Row.Update(connection);
            }

            if (first.Mark is { } mark && !(marks.TryGetValue((mark.Script, mark.Key), out var known) && known.Until >= mark.Until))
            {
                marks[(mark.Script, mark.Key)] = mark;
            }
        }

        connection.Run("UPDATE journal SET last = @last", ("@last", last));

        foreach (var mark in marks.Values)
        {
            ScheduleStore.Raise(connection, mark);
        }
    }

    private static IEnumerable<(JournaledRun First, JournaledRun Last)> ByRun(IEnumerable<JournaledRun> journaled)
    {
        var runs = new OrderedDictionary<string, (JournaledRun First, JournaledRun Last)>(StringComparer.Ordinal);
        foreach (var run in journaled)
        {
            runs[run.Run.Id] = runs.TryGetValue(run.Run.Id, out var known) ? (known.First, run.IsFurtherThan(known.Last) ? run : known.Last) : (run, run);
        }

        return runs.Values;
    }
}
