using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Clusters;

/// <summary>Compares the ledger and the history with what scripts were due for and what they wrote down.</summary>
internal sealed class LedgerJudge
{
    private readonly List<BookLine> _book;
    private readonly Dictionary<string, JsonNode> _runs;

    public LedgerJudge(IReadOnlyList<BookLine> book, List<JsonNode> runs)
    {
        _book = [.. book.Where(line => line.What == "begin")];
        _runs = runs.ToDictionary(run => run["id"]!.ToString());
        Assert.That(_book.Select(line => line.Run), Is.Unique, "no run was executed twice");
        Assert.That(_book.Where(line => !_runs.ContainsKey(line.Run)), Is.Empty, "executed, and not in the history");
    }

    /// <summary>Each time at which a script was due has one row, and the row says what became of it.</summary>
    /// <param name="script">The script.</param>
    /// <param name="seconds">It is due each so many seconds of the clock.</param>
    /// <param name="begun">From when on.</param>
    /// <param name="ended">Until when.</param>
    /// <param name="ledger">Its rows.</param>
    /// <returns>How many times that were.</returns>
    public int Judge(string script, int seconds, DateTimeOffset begun, DateTimeOffset ended, List<JsonNode> ledger)
    {
        var executed = _book.Where(line => line.Script == script).ToLookup(line => line.Due!.Value);
        var times = DueTimes(begun, ended, seconds).ToList();
        foreach (var due in times)
        {
            var rows = ledger.Where(row => row.Moment("due") <= due && row.Moment("until") >= due).ToList();
            Assert.That(rows, Has.Count.EqualTo(1), $"{script} at {due:O}");
            JudgeOne($"{script} at {due:O}: {rows[0].ToJsonString()}", rows[0], [.. executed[due.ToUnixTimeMilliseconds()]]);
        }

        return times.Count;
    }

    /// <summary>How many runs there were.</summary>
    public override string ToString() =>
        $"{_book.Count} runs were executed, {_book.Count(line => line.Attempt > 1)} of them again after a loss; {_runs.Values.Count(run => run["state"]!.ToString() == "lost")} were lost.";

    private void JudgeOne(string what, JsonNode row, List<BookLine> executed)
    {
        if (row["runId"] is not { } id)
        {
            Assert.That(executed, Is.Empty, what);
            Assert.That(row["reason"], Is.Not.Null, what);
            return;
        }

        Assert.That(_runs, Contains.Key(id.ToString()), what);
        var (run, last) = (_runs[id.ToString()], executed.Count == 0 ? 0 : executed.Max(line => line.Attempt));
        Assert.That(executed.Select(line => line.Attempt), Is.Unique, what);
        Assert.That(executed.Where(line => line.Attempt == 1 && line.Run != id.ToString()), Is.Empty, what);

        // One that was lost may have been so before it could write anything, and after it had; whatever else began wrote.
        var state = run["state"]!.ToString();
        Assert.That(state, Is.AnyOf("succeeded", "lost", "cancelled"), $"{what} {run.ToJsonString()}");
        Assert.That(state != "succeeded" || executed.Exists(line => line.Attempt == 1), $"{what}: succeeded, and never ran");
        Assert.That(last <= 1 || state == "lost", $"{what}: ran again without a loss");
        Assert.That(state != "lost" || !run["rerunWhenLost"]!.GetValue<bool>() || _runs.Values.Any(next => next["firstRun"]?.ToString() == id.ToString()), $"{what}: lost, and not run again");
    }

    private static IEnumerable<DateTimeOffset> DueTimes(DateTimeOffset from, DateTimeOffset to, int seconds)
    {
        var step = TimeSpan.FromSeconds(seconds).Ticks;
        for (var due = new DateTimeOffset(((from.UtcTicks / step) + 1) * step, TimeSpan.Zero); due <= to; due = due.AddTicks(step))
        {
            yield return due;
        }
    }
}
