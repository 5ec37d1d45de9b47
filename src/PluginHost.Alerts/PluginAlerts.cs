namespace PluginHost.Alerts;

/// <summary>Tells when the newest content of a plugin is rejected, and when it no longer is.</summary>
internal sealed class PluginAlerts(IPluginHost host, TimeProvider time)
{
    private readonly Dictionary<string, PluginProblem> _problems = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<Alert> Look(string pluginId)
    {
        var plugin = host.GetPlugin(pluginId);
        var before = _problems.GetValueOrDefault(plugin.Id);
        if (plugin.Pin is not null)
        {
            // It is where an operator wants it, whatever its branch says.
            return [];
        }

        if (plugin.Problem is not { } problem)
        {
            return _problems.Remove(plugin.Id) && plugin.State == PluginState.Live
                ? [Of(AlertKind.CommitAccepted, plugin, $"{plugin.Id} is live with its newest content again.", $"Version {plugin.Live?.Version}")]
                : [];
        }

        _problems[plugin.Id] = problem;
        return before?.Commit == problem.Commit && before.Message == problem.Message ? [] :
        [
            Of(
                AlertKind.CommitRejected, plugin, $"{plugin.Id} was rejected at commit {Short(problem.Commit)}.",
                $"{problem.Message}\n{(plugin.Live is { } live ? $"Version {live.Version} keeps running." : "No version of it runs.")}"),
        ];
    }

    private Alert Of(AlertKind kind, PluginInfo plugin, string title, string detail) =>
        new(kind, plugin.Id, title, detail, $"plugins/{Uri.EscapeDataString(plugin.Id)}", time.GetUtcNow());

    private static string Short(string commit) => commit.Length > 7 ? commit[..7] : commit;
}
