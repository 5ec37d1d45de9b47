using PluginHost.History;
using PluginHost.Swapping;

namespace PluginHost.Crashes;

/// <summary>Whether scripts may be started by the host itself: by schedules, chains and retries.</summary>
internal sealed class SelfStarts(ScriptStateStore scripts, Quarantines quarantines, SafeMode safeMode)
{
    /// <summary>Whether its times wait: when the script goes on, they are caught up as each schedule says.</summary>
    public bool AreHeld(string scriptId) => safeMode.IsOn || scripts.IsPaused(scriptId);

    /// <summary>Why nothing may be started, or null; its times have passed then.</summary>
    public string? Forbid(LiveScript script) => quarantines.Of(script) is { } quarantine ? $"the script is in quarantine. {quarantine.Reason}" : null;

    /// <summary>Whether a run may be tried again.</summary>
    public bool MayFollow(RunInfo finished) => !safeMode.IsOn && quarantines.Of(finished.Script, finished.Version) is null;

    /// <summary>Why a script may not be started after another one, or null.</summary>
    public string? Hindrance(LiveScript script) =>
        safeMode.IsOn ? "the host is in safe mode" : scripts.IsPaused(script.Descriptor.Id) ? "it is paused" : quarantines.Of(script) is not null ? "it is in quarantine" : null;
}
