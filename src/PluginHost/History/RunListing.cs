namespace PluginHost.History;

/// <summary>The statements that list runs: for every filter the index that leads to the newest of them, without those that are not asked for.</summary>
/// <remarks>
/// There is an index of its own for what is rare, as long as most runs succeed and are those of schedules. To find what
/// is common, the runs of a script are read until the page is full: an index for that would make every run dearer.
/// </remarks>
internal static class RunListing
{
    // As the schema has it: SQLite uses the index only for the same words.
    private const string Unsuccessful = "state NOT IN ('Queued', 'Running', 'Succeeded')";
    private const string Unscheduled = "\"trigger\" <> 'Schedule'";

    /// <summary>Every script that has runs, as the table <c>scripts</c>: one step for each, instead of one for each run.</summary>
    public const string Scripts =
        """
        WITH RECURSIVE scripts (script) AS (
            SELECT MIN(script) FROM runs
            UNION ALL
            SELECT (SELECT MIN(script) FROM runs WHERE script > scripts.script) FROM scripts WHERE script IS NOT NULL)
        """;

    /// <returns>Takes <c>@script</c>, <c>@fanOut</c>, <c>@after</c> and <c>@limit</c>; answers documents, the newest first.</returns>
    public static string Sql(RunQuery query)
    {
        var (index, holds) = Index(query);
        return $"""
            SELECT document FROM runs {index}
            WHERE {holds}
              {(query.Script is null ? null : "AND script = @script")}
              {(query.State is { } state ? $"AND state = '{state}'" : null)}
              {(query.Trigger is { } trigger ? $"AND \"trigger\" = '{trigger}'" : null)}
              {(query.FanOut is null ? null : "AND fan_out = @fanOut")}
              {(query.After is null ? null : "AND id < @after")}
            ORDER BY id DESC LIMIT @limit
            """;
    }

    private static (string Index, string Holds) Index(RunQuery query) => query.FanOut is not null ? ("INDEXED BY runs_by_fan_out", "TRUE") : (query.Script, query.State, query.Trigger) switch
    {
        (null, null, null) => ("", "TRUE"),
        (_, RunState.Queued or RunState.Running, _) => ("INDEXED BY runs_by_state", "TRUE"),
        (null, null or RunState.Succeeded, not null) => ("INDEXED BY runs_by_trigger", "TRUE"),
        (null, _, null) => ("INDEXED BY runs_by_state", "TRUE"),
        (null, _, _) => ("INDEXED BY unsuccessful_runs_by_trigger", Unsuccessful),
        (_, null or RunState.Succeeded, null or RunTrigger.Schedule) => ("INDEXED BY runs_by_script", "TRUE"),
        (_, null or RunState.Succeeded, _) => ("INDEXED BY unscheduled_runs_by_script", Unscheduled),
        _ => ("INDEXED BY unsuccessful_runs_by_script", Unsuccessful),
    };
}
