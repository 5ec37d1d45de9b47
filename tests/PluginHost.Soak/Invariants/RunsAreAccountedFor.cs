using System.Text.Json.Nodes;

namespace PluginHost.Soak.Invariants;

/// <summary>No acknowledged run is missing, none ran twice, and what is said to have succeeded did run.</summary>
internal sealed class RunsAreAccountedFor
{
    private readonly HashSet<string> _ended = [];

    public async Task CheckAsync(World world)
    {
        var acknowledged = world.Callers!.Acknowledged;
        var executed = await ExecutedAsync(world.Journal);
        var known = new HashSet<string>();
        await foreach (var run in Listing.ReadAsync(world.Host, "api/v1/runs"))
        {
            var id = run["id"]!.ToString();
            if (!known.Add(id))
            {
                throw new InvariantException($"A run is listed twice: {run}");
            }

            Check(run, executed);
        }

        Check(acknowledged.Where(id => !known.Contains(id)), "acknowledged and not in the history");
        Check(executed.Where(id => !known.Contains(id)), "executed and not in the history");
        if (world.Callers.Wrong is { Count: > 0 } wrong)
        {
            throw new InvariantException(string.Join(' ', wrong));
        }
    }

    private void Check(JsonNode run, HashSet<string> executed)
    {
        var (id, script, state) = (run["id"]!.ToString(), run["script"]!.ToString(), run["state"]!.ToString());
        if (run["finishedAt"] is not null)
        {
            _ended.Add(id);
            if (state == "succeeded" && (script.EndsWith(".Work", StringComparison.Ordinal) || script.EndsWith(".Tick", StringComparison.Ordinal)) && !executed.Contains(id))
            {
                throw new InvariantException($"A run that succeeded did not run: {run}");
            }
        }
        else if (_ended.Contains(id))
        {
            throw new InvariantException($"A run that had ended has not: {run}");
        }
    }

    /// <summary>The runs that wrote into the journal.</summary>
    private static async Task<HashSet<string>> ExecutedAsync(string journal)
    {
        var executed = new HashSet<string>();
        foreach (var line in await File.ReadAllLinesAsync(journal))
        {
            // A line may have been cut by a kill.
            if (line.Split(' ') is [{ Length: 32 } run, _, _] && !executed.Add(run))
            {
                throw new InvariantException($"Run {run} was executed twice.");
            }
        }

        return executed;
    }

    private static void Check(IEnumerable<string> runs, string what)
    {
        if (runs.ToList() is { Count: > 0 } wrong)
        {
            throw new InvariantException($"{wrong.Count} runs were {what}: {string.Join(", ", wrong.Take(10))}");
        }
    }
}
