using System.Globalization;
using System.Text.Json.Nodes;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>Compares what scripts wrote, and when they were due, with the history and the ledger. It knows nothing of how a host decides.</summary>
internal sealed class Judge
{
    private readonly List<string> _wrong = [];
    private readonly Dictionary<string, JsonNode> _runs;
    private readonly HashSet<string> _runAgain;
    private readonly ILookup<(string, long), BookLine> _executed;
    private readonly List<BookLine> _book;
    private int _due;
    private int _ran;

    /// <param name="book">What the scripts wrote when they began.</param>
    /// <param name="runs">All runs of the history.</param>
    public Judge(IEnumerable<BookLine> book, IEnumerable<JsonNode> runs)
    {
        _book = [.. book];
        _runs = runs.ToDictionary(run => run["id"]!.ToString());
        _runAgain = [.. _runs.Values.Select(run => run["firstRun"]?.ToString()).OfType<string>()];
        _executed = _book.ToLookup(line => (line.Script, line.Due!.Value));
        _wrong.AddRange(_book.CountBy(line => line.Run).Where(run => run.Value > 1).Select(run => $"run {run.Key} was executed {run.Value} times"));
        _wrong.AddRange(_book.Where(line => !_runs.ContainsKey(line.Run)).Select(line => $"executed, and not in the history: {line}"));
    }

    /// <summary>All that is not as it should be, a line for each.</summary>
    public IReadOnlyList<string> Wrong => _wrong;

    public string Counts =>
        $"{_due} due times: {_ran} with a run, {_due - _ran} with a reason why not, {_wrong.Count} wrong. {_book.Count} runs were executed, {_book.Count(line => line.Attempt > 1)} of them again after a loss; "
        + $"{_runs.Values.Count(run => run["state"]!.ToString() == "lost")} were lost, {_runs.Values.Count(run => run["state"]!.ToString() == "cancelled")} cancelled.";

    /// <summary>Looks at each time that a script was due.</summary>
    /// <param name="script">The script.</param>
    /// <param name="ledger">Its rows of the ledger, in any order.</param>
    /// <param name="from">The first moment to look at.</param>
    /// <param name="to">The last one.</param>
    /// <param name="seconds">It is due whenever the time is divisible by that.</param>
    public void Look(string script, IEnumerable<JsonNode> ledger, DateTimeOffset from, DateTimeOffset to, int seconds)
    {
        var step = TimeSpan.FromSeconds(seconds).Ticks;
        var rows = ledger.Select(row => (Row: row, Due: Moment(row, "due"), Until: Moment(row, "until"))).ToList();
        for (var due = new DateTimeOffset(((from.UtcTicks / step) + 1) * step, TimeSpan.Zero); due <= to; due = due.AddTicks(step))
        {
            _due++;
            var found = rows.FindAll(row => row.Due <= due && row.Until >= due);
            if (found is [var (row, _, _)])
            {
                LookAt($"{script} at {due:O}: {row.ToJsonString()}", row, [.. _executed[(script, due.ToUnixTimeMilliseconds())]]);
            }
            else
            {
                _wrong.Add($"{script} at {due:O} is in the ledger {found.Count} times");
            }
        }
    }

    private void LookAt(string what, JsonNode row, List<BookLine> executed)
    {
        if (row["runId"]?.ToString() is not { } id)
        {
            Check(executed.Count == 0, what, "executed, and by the ledger it was not");
            Check(row["reason"] is not null, what, "not executed, and no reason why");
            return;
        }

        _ran++;
        if (!_runs.TryGetValue(id, out var run))
        {
            _wrong.Add($"{what}: its run is not in the history");
            return;
        }

        var (state, last) = (run["state"]!.ToString(), executed.Count == 0 ? 0 : executed.Max(line => line.Attempt));
        Check(executed.Select(line => line.Attempt).Distinct().Count() == executed.Count, what, "one attempt was executed twice");
        Check(!executed.Exists(line => line.Attempt == 1 && line.Run != id), what, "another run than the ledger's was executed");

        // One that was lost may have been so before it could write anything, and after it had; whatever else began wrote.
        Check(state is "succeeded" or "lost" or "cancelled", what, $"unexpected: {run.ToJsonString()}");
        Check(state != "succeeded" || executed.Exists(line => line.Attempt == 1), what, "succeeded, and never ran");
        Check(last <= 1 || state == "lost", what, "ran again without a loss");
        Check(state != "lost" || !run["rerunWhenLost"]!.GetValue<bool>() || _runAgain.Contains(id), what, "lost, and not run again");
    }

    private void Check(bool isSo, string what, string otherwise)
    {
        if (!isSo)
        {
            _wrong.Add($"{what}: {otherwise}");
        }
    }

    private static DateTimeOffset Moment(JsonNode row, string name) => DateTimeOffset.Parse(row[name]!.ToString(), CultureInfo.InvariantCulture);
}
