namespace PluginHost.AspNetCore.Pages;

/// <summary>All that <see cref="ScriptRow"/> shows of a script: rows of equal content are the same.</summary>
/// <param name="Id">The script.</param>
/// <param name="Plugin">Its plugin.</param>
/// <param name="Description">What it does.</param>
/// <param name="Words">What it is found by.</param>
/// <param name="State">How it is.</param>
/// <param name="Live">The version that new runs use.</param>
/// <param name="HasSchedules">Whether it runs by itself.</param>
/// <param name="Next">When it runs next by itself.</param>
/// <param name="LastRun">The run that started last.</param>
/// <param name="RecentRuns">How the last of them ended; the same list as long as no further one has.</param>
internal sealed record ScriptRowContent(
    string Id, string Plugin, string? Description, string Words, ScriptState State, LiveVersionInfo Live, bool HasSchedules, DateTimeOffset? Next,
    RunInfo? LastRun, IReadOnlyList<RecentRun> RecentRuns)
{
    public static ScriptRowContent Of(ScriptInfo script) => new(
        script.Id, script.Plugin, script.Description, ScriptRow.Words(script), script.State, script.Live, script.Schedules.Count > 0, ScriptRow.Next(script),
        script.LastRun, script.RecentRuns);
}
