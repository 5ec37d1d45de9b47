namespace PluginHost.History.Journal;

/// <summary>Brings what the journal holds into the database, of each run only what it has become.</summary>
internal static class JournalReplay
{
    /// <summary>Within a transaction. What the database has already stays as it is, so that it can be done again.</summary>
    public static void Save(HistoryConnection connection, IEnumerable<JournaledRun> journaled)
    {
        var runs = new OrderedDictionary<string, (JournaledRun First, JournaledRun Last)>(StringComparer.Ordinal);
        foreach (var run in journaled)
        {
            runs[run.Run.Id] = runs.TryGetValue(run.Run.Id, out var known) ? (known.First, run) : (run, run);
        }

        var marks = new Dictionary<(string, string), ScheduleMark>();
        foreach (var (first, last) in runs.Values)
        {
            if (first.Occurrence is { } occurrence && OccurrenceStore.Add(connection, OccurrenceStore.Settle(occurrence, last.Run)))
            {
                marks[(first.Mark!.Script, first.Mark.Key)] = first.Mark;
            }
            else
            {
                OccurrenceStore.Settle(connection, last.Run);
            }

            last.Row.Save(connection);
        }

        foreach (var mark in marks.Values)
        {
            ScheduleStore.Save(connection, mark);
        }
    }
}
