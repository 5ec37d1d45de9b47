namespace PluginHost.Alerts;

/// <summary>Tells when a script is put in quarantine. That is found out when the host comes up after it died.</summary>
internal sealed class QuarantineAlerts(IPluginHost host, TimeProvider time)
{
    private readonly HashSet<(string Script, DateTimeOffset Since)> _told = [];

    /// <summary>The scripts that are in quarantine since the host came up.</summary>
    public async Task<IReadOnlyList<Alert>> LookAsync(CancellationToken cancellationToken) =>
        [.. (await host.GetScriptsAsync(cancellationToken)).SelectMany(Look)];

    public async Task<IReadOnlyList<Alert>> LookAsync(string scriptId, CancellationToken cancellationToken) =>
        Look(await host.GetScriptAsync(scriptId, cancellationToken));

    private IReadOnlyList<Alert> Look(ScriptInfo script)
    {
        // Older ones were told of by the host before this one.
        var started = time.GetUtcNow() - TimeSpan.FromMilliseconds(host.GetStatus().UptimeMs);
        return script.Quarantine is { } quarantine && quarantine.Since >= started && _told.Add((script.Id, quarantine.Since))
            ?
            [
                new Alert(
                    AlertKind.ScriptQuarantined, script.Id, $"{script.Id} is in quarantine: the host died of it, as it seems.",
                    $"{quarantine.Reason}\nNothing starts it until somebody allows it, or a new version of {script.Plugin} goes live. It is version {script.Live.Version}.",
                    $"scripts/{Uri.EscapeDataString(script.Id)}", quarantine.Since),
            ]
            : [];
    }
}
