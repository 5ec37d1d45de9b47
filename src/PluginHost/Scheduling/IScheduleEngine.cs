using Microsoft.Extensions.Hosting;

namespace PluginHost.Scheduling;

/// <summary>Decides when the times of the schedules have their turn, and on which node. What a turn comes to is not its business.</summary>
internal interface IScheduleEngine : IHostedService
{
    /// <summary>The schedules of a paused script go on: what was missed meanwhile is caught up as each of them says.</summary>
    void Resumed(string scriptId);

    /// <summary>The host has left its safe mode: what was missed meanwhile is caught up as each schedule says.</summary>
    void SafeModeLeft();

    /// <summary>An operator has set other schedules for a script.</summary>
    void Changed(string scriptId);

    /// <summary>When the schedules of a script are due next, by their keys.</summary>
    IReadOnlyDictionary<string, DateTimeOffset> DueTimes(string scriptId);
}
