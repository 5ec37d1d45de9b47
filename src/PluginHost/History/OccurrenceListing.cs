namespace PluginHost.History;

/// <summary>The statements that list occurrences: for every filter the index that leads to the latest of them, without those that are not asked for.</summary>
/// <remarks>Most run, and on time. There are indexes of their own for those that did not; see <see cref="RunListing"/>.</remarks>
internal static class OccurrenceListing
{
    private const string Columns = "id, script, key, due, until, count, outcome, late_ms, run, reason";

    /// <returns>Takes <c>@script</c>, <c>@from</c>, <c>@due</c>, <c>@id</c> and <c>@limit</c>; answers rows, the latest due first.</returns>
    public static string Sql(OccurrenceQuery query)
    {
        var (index, holds) = Index(query);
        var asked = $"""
            {(query.Script is null ? null : "AND script = @script")}
            {(query.Outcome is { } outcome ? $"AND outcome = '{outcome}'" : null)}
            AND (due, id) < (@due, @id)
            """;

        // A row that stands for several can begin before the time asked for and reach into it. There are few, but where
        // they begin says nothing of how far they reach, so they are looked for by their ends.
        var reachingIn = $"""
            UNION ALL
            SELECT {Columns} FROM occurrences INDEXED BY occurrences_of_several WHERE until > due AND until >= @from AND due < @from {asked}
            """;
        return $"""
            SELECT {Columns} FROM occurrences INDEXED BY {index} WHERE {holds} {(query.From is null ? null : "AND due >= @from")} {asked}
            {(query.From is null ? null : reachingIn)}
            ORDER BY due DESC, id DESC LIMIT @limit
            """;
    }

    // What must hold is written as in the schema: SQLite uses the index only for the same words.
    private static (string Index, string Holds) Index(OccurrenceQuery query) => (query.Script, query.Outcome) switch
    {
        (null, null or OccurrenceOutcome.Ran) => ("occurrences_by_due", "TRUE"),
        (_, null or OccurrenceOutcome.Ran) => ("occurrences_by_script", "TRUE"),
        (null, _) or (_, OccurrenceOutcome.Pending) => ("occurrences_by_outcome", "outcome <> 'Ran'"),
        _ => ("occurrences_by_script_and_outcome", "outcome NOT IN ('Pending', 'Ran')"),
    };
}
