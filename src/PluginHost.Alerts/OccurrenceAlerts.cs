namespace PluginHost.Alerts;

/// <summary>Tells when a time at which a script was due has passed without a run.</summary>
internal sealed class OccurrenceAlerts(IPluginHost host, TimeProvider time)
{
    private readonly Dictionary<string, DateTimeOffset> _known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is known to be missed now is no news.</summary>
    public async Task RememberAsync(CancellationToken cancellationToken)
    {
        for (string? after = null; ;)
        {
            var page = await host.GetOccurrencesAsync(new OccurrenceQuery { Outcome = OccurrenceOutcome.Missed, Limit = 500, After = after }, cancellationToken);
            foreach (var missed in page.Items)
            {
                _known[missed.Script] = Latest(missed.Script) is { } known && known > missed.Until ? known : missed.Until;
            }

            if ((after = page.Next) is null)
            {
                return;
            }
        }
    }

    public async Task<IReadOnlyList<Alert>> LookAsync(string script, CancellationToken cancellationToken)
    {
        var page = await host.GetOccurrencesAsync(
            new OccurrenceQuery { Script = script, Outcome = OccurrenceOutcome.Missed, Limit = 500 }, cancellationToken);
        var missed = page.Items.Where(item => !(item.Until <= Latest(script))).ToList();
        if (missed.Count == 0)
        {
            return [];
        }

        _known[script] = missed.Max(item => item.Until);
        var (first, count) = (missed.Min(item => item.Due), missed.Sum(item => item.Count));
        return
        [
            new Alert(
                AlertKind.OccurrenceMissed, script, count == 1 ? $"{script} was due, and nothing ran." : $"{script} was due {count} times, and nothing ran.",
                $"Due {first.UtcDateTime:u}{(count > 1 ? $" to {_known[script].UtcDateTime:u}" : "")}: {missed[0].Reason}",
                $"occurrences?script={Uri.EscapeDataString(script)}&outcome=missed", time.GetUtcNow()),
        ];
    }

    private DateTimeOffset? Latest(string script) => _known.TryGetValue(script, out var known) ? known : null;
}
