namespace PluginHost.Alerts;

/// <summary>Tells when the newest content of a plugin is rejected, and when it no longer is.</summary>
internal sealed class PluginAlerts(IPluginHost host, AlertMemory memory, TimeProvider time)
{
    public IReadOnlyList<Alert> Look(string pluginId)
    {
        var plugin = host.GetPlugin(pluginId);
        if (plugin.Pin is not null)
        {
            // It is where an operator wants it, whatever its branch says.
            return [];
        }

        var before = memory.RejectionOf(plugin.Id);
        if (plugin.Problem is not { } problem)
        {
            if (before is not null)
            {
                memory.ForgetRejection(plugin.Id);
            }

            return before is not null && plugin.State == PluginState.Live
                ? [Of(AlertKind.CommitAccepted, plugin, $"{plugin.Id} is live with its newest content again.", $"Version {plugin.Live?.Version}")]
                : [];
        }

        var rejection = new AlertMemory.Rejection(problem.Commit, problem.Message);
        if (before == rejection)
        {
            return [];
        }

        memory.TellRejection(plugin.Id, rejection);
        return
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
