namespace PluginHost.History.Journal;

/// <summary>Brings what the journal holds into the database, of each run only what it has become.</summary>
internal static class JournalReplay
{
    /// <summary>Within a transaction. What the database has already, or has further on, stays as it is: after a crash it may be done again, and long after.</summary>
    public static void Save(HistoryConnection connection, IEnumerable<JournaledRun> journaled)
    {
        var marks = new Dictionary<(string, string), ScheduleMark>();
        foreach (var (first, last) in ByRun(journaled))
        {
            // One whose beginning is neither here nor there was deleted, or another has its time.
            if (first.Occurrence is { } occurrence && OccurrenceStore.Add(connection, OccurrenceStore.Settle(occurrence, last.Run)))
            {
                last.Row.Save(connection);
            }
            else
            {
                OccurrenceStore.Settle(connection, last.Run);
                last.Row.Update(connection);
            }

            if (first.Mark is { } mark)
            {
                marks[(mark.Script, mark.Key)] = mark;
            }
        }

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
