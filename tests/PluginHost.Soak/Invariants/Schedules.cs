using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.Soak.Invariants;

/// <summary>Every time at which a schedule was due has one outcome: none is missing, none is there twice.</summary>
internal static class Schedules
{
    public static async Task CheckAsync(World world)
    {
        foreach (var plugin in world.Expectations.Plugins)
        {
            var rows = new List<(DateTimeOffset Due, DateTimeOffset Until, long Count, JsonNode Row)>();
            await foreach (var row in Listing.ReadAsync(world.Host, $"api/v1/occurrences?script={plugin}.Tick"))
            {
                rows.Add((row.Moment("due"), row.Moment("until"), row["count"]!.GetValue<long>(), row));
            }

            Check(plugin, world.Expectations.Of(plugin), [.. rows.OrderBy(row => row.Due)]);
        }
    }

    private static void Check(string plugin, Expectation expected, List<(DateTimeOffset Due, DateTimeOffset Until, long Count, JsonNode Row)> rows)
    {
        for (var i = 0; i < rows.Count; i++)
        {
            var (due, until, count, row) = rows[i];
            if (until - due != (count - 1) * SourceText.Period)
            {
                throw new InvariantException($"{plugin}.Tick: from {due:O} to {until:O} it was not due {count} times: {row}");
            }

            if (i == 0)
            {
                continue;
            }

            var last = rows[i - 1].Until;
            if (due <= last)
            {
                throw new InvariantException($"{plugin}.Tick: {due:O} is accounted for twice: {rows[i - 1].Row} {row}");
            }

            if (due != last + SourceText.Period && !expected.MayHaveBeenGone(last, due))
            {
                throw new InvariantException($"{plugin}.Tick: what was due between {last:O} and {due:O} is not accounted for: {rows[i - 1].Row} {row}");
            }
        }
    }
}
