using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.History;
using PluginHost.Hosting;
using PluginHost.Swapping;

namespace PluginHost.Crashes;

/// <summary>Which scripts are not started, because the host has died of them as far as can be told.</summary>
/// <remarks>It is a version that is in quarantine: a new one starts with a clean record, and going back to the old one does not wipe its.</remarks>
internal sealed partial class Quarantines
{
    private readonly CrashStore _store;
    private readonly LiveRegistry _live;
    private readonly HostProblems _problems;
    private readonly HostEvents _events;
    private readonly PreviousDeath _death;
    private readonly QuarantineOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Quarantines> _logger;

    public Quarantines(
        CrashStore store, LiveRegistry live, HostProblems problems, HostEvents events, PreviousDeath death, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<Quarantines> logger)
    {
        (_store, _live, _problems, _events, _death, _options, _time, _logger) = (store, live, problems, events, death, options.Value.Runs.Quarantine, time, logger);
        live.Swapped += (before, now) =>
        {
            foreach (var script in now.ScriptsThatDiffer(before))
            {
                Tell(script);
            }
        };
    }

    public Quarantine? Of(string script, string? version) => version is null ? null : _store.Find(script, version);

    public Quarantine? Of(LiveScript script) => Of(script.Descriptor.Id, script.Plugin.Version.Id);

    /// <summary>Why a run of a version cannot be started, or null.</summary>
    public string? Refuse(string script, string version) => Of(script, version) is { } quarantine
        ? $"Script '{quarantine.Script}' is in quarantine on version {version}, so it was not started. {quarantine.Reason} Commit a version that does not do so, or allow it: pluginhost allow {quarantine.Script}."
        : null;

    /// <summary>Judges what was under way when the host died.</summary>
    public CrashJudgement Begin() => new(_death, _options, _time.GetUtcNow());

    /// <summary>The judgement is on disk.</summary>
    public void Know(CrashJudgement judgement)
    {
        foreach (var quarantine in judgement.Quarantined)
        {
            _store.Know(quarantine);
            LogQuarantined(quarantine.Script, quarantine.Version, quarantine.Reason);
            Tell(quarantine.Script);
        }
    }

    /// <summary>Lets the live version of a script run again.</summary>
    public async Task AllowAsync(LiveScript script, CancellationToken cancellationToken)
    {
        var (id, version) = (script.Descriptor.Id, script.Plugin.Version.Id);
        if (await _store.AllowAsync(id, version, cancellationToken))
        {
            LogAllowed(id, version);
            Tell(id);
        }
    }

    private void Tell(string scriptId)
    {
        var quarantine = _live.Current.Scripts.GetValueOrDefault(scriptId) is { } script ? Of(script) : null;
        var key = $"quarantine {scriptId.ToLowerInvariant()}";
        if (_problems.Set(key, quarantine is null ? null : $"Script '{quarantine.Script}' is in quarantine and is not started. {quarantine.Reason} Allow it on its page, or commit a new version."))
        {
            _events.Publish(HostEventKind.Script, scriptId);
        }
    }

    [LoggerMessage(EventId = 720, Level = LogLevel.Error, Message = "Script '{ScriptId}' is in quarantine on version '{Version}': nothing starts it until somebody allows it, or a new version of its plugin goes live. {Reason}")]
    private partial void LogQuarantined(string scriptId, string version, string reason);

    [LoggerMessage(EventId = 721, Level = LogLevel.Information, Message = "Script '{ScriptId}' is allowed to run again on version '{Version}'.")]
    private partial void LogAllowed(string scriptId, string version);
}
