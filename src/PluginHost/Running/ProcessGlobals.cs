using Microsoft.Extensions.Options;
using PluginHost.Hosting;

namespace PluginHost.Running;

/// <summary>Sees what a script in this process has changed for all others in it, tells, and puts it back.</summary>
/// <remarks>
/// Compares before and after a run. Put back is only what changed while no other run was under way: otherwise nobody can
/// say whose change it is. To look can take longer than a run. So what was seen last is how things are for a run that
/// begins at once; and where hundreds end in a second, most do so without a look: what they changed, the next one tells.
/// </remarks>
internal sealed class ProcessGlobals : IDisposable
{
    /// <summary>How many look by themselves of those that end at once.</summary>
    private const int MostLooks = 8;

    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(10);

    private readonly HostProblems _problems;
    private readonly TimeProvider _time;
    private readonly bool _isOn;
    private readonly ITimer _nextLook;

    // Looks are taken with it, so that each knows of all before it. What they touch waits for nothing.
    private readonly Lock _lock = new();

    // What was seen last. Kept by those who began with it: it may hold a writer of a plugin, which is to be unloaded.
    private readonly WeakReference<GlobalState?> _latest = new(null);
    private long _latestAt;

    // One of those that ended without a look since then, and what they were compared with.
    private (string Script, GlobalState Since)? _unseen;
    private bool _isNextLookSet;

    private int _looks;
    private long _looksSince;
    private int _underWay;
    private Watch? _alone;

    public ProcessGlobals(HostProblems problems, IOptions<PluginHostOptions> options, TimeProvider time)
    {
        (_problems, _time, _isOn) = (problems, time, options.Value.Runs.WatchProcess);
        _nextLook = time.CreateTimer(_ => LookForUnseen(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private GlobalState? Latest => _latest.TryGetTarget(out var latest) ? latest : null;

    /// <summary>Remembers how things are as a run begins.</summary>
    public Watch Begin(string script)
    {
        lock (_lock)
        {
            // Of many at once only the first can have thought that it was alone.
            _alone?.IsAlone = false;
            var watch = new Watch(this, script, _isOn ? LookAtBeginning() : null) { IsAlone = _underWay++ == 0 };
            _alone = watch.IsAlone ? watch : null;
            return watch;
        }
    }

    public void Dispose() => _nextLook.Dispose();

    private GlobalState LookAtBeginning()
    {
        if (Latest is { } latest && _time.GetElapsedTime(_latestAt) < AtOnce)
        {
            return latest;
        }

        var now = Look();
        TellUnseen(now);
        return now;
    }

    private List<(string Name, Action PutBack)> LookAtEnd(string script, GlobalState before)
    {
        bool setsNextLook;
        lock (_lock)
        {
            if (before != Latest || CountLook() <= MostLooks)
            {
                // It began before them, so what they changed it finds as its own.
                _unseen = null;
                return [.. Look().ChangesSince(before)];
            }

            _unseen ??= (script, before);
            setsNextLook = !_isNextLookSet;
            _isNextLookSet = true;
        }

        if (setsNextLook)
        {
            _nextLook.Change(AtOnce, Timeout.InfiniteTimeSpan);
        }

        return [];
    }

    private int CountLook()
    {
        if (_time.GetElapsedTime(_looksSince) >= AtOnce)
        {
            (_looks, _looksSince) = (0, _time.GetTimestamp());
        }

        return ++_looks;
    }

    private void LookForUnseen()
    {
        try
        {
            lock (_lock)
            {
                _isNextLookSet = false;
                if (_alone is null)
                {
                    TellUnseen(Look());
                }

                // Else that one looks at its end, and may put back what is changed now.
            }
        }
        catch (Exception)
        {
            // On this thread it would end the process. Whoever begins or ends next looks again.
        }
    }

    /// <returns>The same as before, as long as nothing changes: then nobody need compare.</returns>
    private GlobalState Look()
    {
        var now = new GlobalState();
        _latestAt = _time.GetTimestamp();
        if (Latest is { } latest && !now.ChangesSince(latest).Any())
        {
            return latest;
        }

        _latest.SetTarget(now);
        return now;
    }

    private void TellUnseen(GlobalState now)
    {
        if (_unseen is var (script, since))
        {
            _unseen = null;
            foreach (var (name, _) in now.ChangesSince(since))
            {
                Report(script, name);
            }
        }
    }

    private void Report(string script, string what) => _problems.Set(
        $"process {what}", $"A script, perhaps '{script}', changed {what} of this process, and it stays so until the host is restarted. Scripts that need that are run in a process of their own: [Script(Isolation = ScriptIsolation.Process)].");

    /// <summary>A run under way.</summary>
    /// <param name="owner">Whoever watches.</param>
    /// <param name="script">Its script.</param>
    /// <param name="before">How things were as it began; null when nobody watches.</param>
    internal sealed class Watch(ProcessGlobals owner, string script, GlobalState? before)
    {
        /// <summary>Whether no other run was under way meanwhile.</summary>
        public bool IsAlone { get; set; }

        /// <summary>The run has ended: tells what it changed, and puts it back where that may be.</summary>
        public void End(Action<string> tell)
        {
            try
            {
                foreach (var (name, restore) in before is null ? [] : owner.LookAtEnd(script, before))
                {
                    var (putBack, restored) = PutBack(restore);
                    var what = restored ? "It was put back." : putBack ? "It could not be put back." : "Other runs were under way as well, so it stays as it is.";
                    tell($"While this run was under way, {name} changed, which is the same for everything in the process. {what}");
                    if (!restored)
                    {
                        owner.Report(script, name);
                    }
                }
            }
            finally
            {
                lock (owner._lock)
                {
                    owner._underWay--;
                    owner._alone = owner._alone == this ? null : owner._alone;
                }
            }
        }

        /// <summary>While it is done, no other run begins.</summary>
        private (bool IsAllowed, bool IsDone) PutBack(Action restore)
        {
            lock (owner._lock)
            {
                if (!IsAlone)
                {
                    return (false, false);
                }

                // What was seen is no longer so.
                owner._latest.SetTarget(null);
                return (true, Try(restore));
            }
        }

        private static bool Try(Action restore)
        {
            try
            {
                restore();
                return true;
            }
            catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
            {
                return false;
            }
        }
    }
}
