using Microsoft.Extensions.Options;
using PluginHost.Hosting;

namespace PluginHost.Crashes;

/// <summary>Whether the host starts nothing by itself. It begins so or not, and can be left.</summary>
internal sealed class SafeMode
{
    private readonly HostProblems _problems;
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public SafeMode(IOptions<PluginHostOptions> options, HostProblems problems, PreviousDeath death)
    {
        _problems = problems;
        if (options.Value.SafeMode)
        {
            var why = death.Cause is { } cause ? $" The host died again and again, the last time: {PreviousDeath.Headline(cause)}." : "";
            problems.Set("safe mode", $"The host is in safe mode: no schedule, chain or retry starts anything, and runs that waited wait on.{why} Scripts can be run by hand. Leave it on this page, or with: pluginhost leave-safe-mode.");
        }
        else
        {
            _left.SetResult();
        }
    }

    public bool IsOn => !_left.Task.IsCompleted;

    /// <summary>Ends when the host may start runs by itself.</summary>
    public Task WhenLeft => _left.Task;

    /// <returns>Whether it was on.</returns>
    public bool Leave()
    {
        _problems.Set("safe mode", null);
        return _left.TrySetResult();
    }
}
