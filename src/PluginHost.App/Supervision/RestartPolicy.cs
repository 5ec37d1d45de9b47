namespace PluginHost.App.Supervision;

/// <summary>What follows the end of the host's process.</summary>
/// <param name="ExitCode">What the supervisor ends with; null when it starts the host again.</param>
/// <param name="Pause">How long it waits before.</param>
/// <param name="SafeMode">Whether the host then starts nothing by itself.</param>
internal readonly record struct NextStep(int? ExitCode, TimeSpan Pause = default, bool SafeMode = false);

/// <summary>Decides whether a host that has ended is started again, how soon, and how.</summary>
internal sealed class RestartPolicy
{
    /// <summary>After so many deaths in a row the host is started in safe mode: whatever kills it, it is not a script that could be found.</summary>
    /// <remarks>More than it takes to find one: two scripts that kill the host one after the other are each in quarantine by then.</remarks>
    public const int DeathsBeforeSafeMode = 6;

    /// <summary>A start that fails while the host was up before is tried so often: the port may still be held, the disk be full.</summary>
    public const int MostFailedStarts = 5;

    /// <summary>A host that lived longer was up: its death is no part of a loop.</summary>
    public static readonly TimeSpan Steady = TimeSpan.FromMinutes(1);

    // Short enough that a page is not missed for long when two scripts kill the host one after the other.
    private static readonly TimeSpan SecondStart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FurthestApart = TimeSpan.FromSeconds(30);

    private int _deaths;
    private int _failedStarts;
    private bool _died;

    /// <param name="exitCode">The exit code of the host's process.</param>
    /// <param name="lived">How long it lived.</param>
    /// <param name="stopAsked">Whether it was asked to stop.</param>
    public NextStep After(int exitCode, TimeSpan lived, bool stopAsked)
    {
        var meant = ChildExitCode.Read(exitCode);
        if (stopAsked)
        {
            return new NextStep(meant ?? ExitCode.Failed);
        }

        if (meant is { } answer && (answer != ExitCode.Failed || !_died || ++_failedStarts >= MostFailedStarts))
        {
            return new NextStep(answer);
        }

        if (meant is null)
        {
            (_died, _failedStarts) = (true, 0);
        }

        _deaths = lived >= Steady ? 1 : _deaths + 1;
        return new NextStep(null, Pause(lived), _deaths >= DeathsBeforeSafeMode);
    }

    // From one start to the next: a host that was up for a while has waited already, and its users should not.
    private TimeSpan Pause(TimeSpan lived)
    {
        if (_deaths <= 1)
        {
            return TimeSpan.Zero;
        }

        var apart = SecondStart * Math.Pow(2, Math.Min(_deaths - 2, 10));
        apart = apart < FurthestApart ? apart : FurthestApart;
        return apart > lived ? apart - lived : TimeSpan.Zero;
    }
}
