namespace PluginHost.Alerts;

/// <summary>Tells when a time at which a script was due has passed without a run.</summary>
internal sealed class OccurrenceAlerts(IPluginHost host, TimeProvider time)
{
    // Of each schedule, up to when its missed times are told, and how many the newest row stood for then: a row grows.
    private readonly Dictionary<(string Script, string Schedule), (DateTimeOffset Until, DateTimeOffset Due, long Count)> _told = [];

    /// <summary>What is known to be missed now is no news.</summary>
    public async Task RememberAsync(CancellationToken cancellationToken)
    {
        for (string? after = null; ;)
        {
            var page = await host.GetOccurrencesAsync(new OccurrenceQuery { Outcome = OccurrenceOutcome.Missed, Limit = 500, After = after }, cancellationToken);
            foreach (var missed in page.Items)
            {
                Take(missed);
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
        var missed = page.Items.Reverse().Select(item => (Item: item, News: Take(item))).Where(row => row.News > 0).ToList();
        if (missed.Count == 0)
        {
            return [];
        }

        var (count, last) = (missed.Sum(row => row.News), missed[^1].Item);
        return
        [
            new Alert(
                AlertKind.OccurrenceMissed, script, count == 1 ? $"{script} was due, and nothing ran." : $"{script} was due {count} times, and nothing ran.",
                $"Last due {last.Until.UtcDateTime:u}: {last.Reason}",
                $"occurrences?script={Uri.EscapeDataString(script)}&outcome=missed", time.GetUtcNow()),
        ];
    }

    /// <returns>How many of its times are news.</returns>
    private long Take(OccurrenceInfo missed)
    {
        var key = (missed.Script, missed.Schedule);
        var isKnown = _told.TryGetValue(key, out var told);
        if (isKnown && missed.Until <= told.Until)
        {
            return 0;
        }

        _told[key] = (missed.Until, missed.Due, missed.Count);
        return isKnown && missed.Due == told.Due ? missed.Count - told.Count : missed.Count;
    }
}
