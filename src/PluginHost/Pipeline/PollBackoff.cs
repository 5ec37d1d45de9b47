using PluginHost.Sources;

namespace PluginHost.Pipeline;

/// <summary>How long to wait before the next look: the poll interval while all is well, more and more after failures.</summary>
internal sealed class PollBackoff(TimeSpan poll)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    // A server that counts wrong passwords must not lock the account because of us.
    private static readonly TimeSpan FirstPauseWhenRefused = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPauseWhenRefused = TimeSpan.FromMinutes(10);

    private int _failures;
    private SourceFailure _kind;

    public TimeSpan Delay
    {
        get
        {
            if (_failures == 0 || _kind == SourceFailure.NothingToDeploy)
            {
                return poll;
            }

            var first = IsRefused ? TimeSpan.FromTicks(Math.Max(poll.Ticks, FirstPauseWhenRefused.Ticks)) : poll;
            var longest = IsRefused ? LongestPauseWhenRefused : LongestPause;
            var pause = Math.Min(first.Ticks * Math.Pow(2, Math.Min(_failures - 1, 20)), Math.Max(longest.Ticks, poll.Ticks));

            // Hosts that lost the same remote at the same moment do not all come back in the same moment.
            return TimeSpan.FromTicks((long)(pause * (0.8 + (0.4 * Random.Shared.NextDouble()))));
        }
    }

    /// <summary>Whether the server refused the credentials: then nothing makes the pause shorter.</summary>
    public bool IsRefused => _failures > 0 && _kind == SourceFailure.Unauthorized;

    public void Succeeded() => _failures = 0;

    public void Failed(SourceFailure kind)
    {
        _failures = kind == _kind ? _failures + 1 : 1;
        _kind = kind;
    }
}
