namespace PluginHost.Running;

/// <summary>The number of threads up to which the thread pool of this process adds one without waiting.</summary>
/// <remarks>The process has one, so this is static; <see cref="ProcessGlobals"/> must not take what is raised here for the change of a script.</remarks>
internal static class ThreadPoolMinimum
{
    private static readonly Lock Changing = new();
    private static int? s_before;
    private static int s_raised;

    /// <summary>What the application or a script has set: for workers, and for completions.</summary>
    public static (int Workers, int Completions) SetByOthers
    {
        get
        {
            lock (Changing)
            {
                ThreadPool.GetMinThreads(out var workers, out var completions);
                return (s_before is { } before && workers == s_raised ? before : workers, completions);
            }
        }
    }

    /// <summary>Lets the pool have so many workers at once; fewer than it may have already changes nothing.</summary>
    /// <returns>Whether it may have more than before: not where somebody has set a greatest number that is reached.</returns>
    public static bool RaiseTo(int workers)
    {
        lock (Changing)
        {
            ThreadPool.GetMinThreads(out var now, out var completions);
            ThreadPool.GetMaxThreads(out var most, out _);
            workers = Math.Min(workers, most);
            if (workers <= now || !ThreadPool.SetMinThreads(workers, completions))
            {
                return false;
            }

            s_before = s_before is { } before && now == s_raised ? before : now;
            s_raised = workers;
            return true;
        }
    }

    /// <summary>Sets it to what it was before it was raised, unless somebody else has set it since.</summary>
    public static void Restore()
    {
        lock (Changing)
        {
            ThreadPool.GetMinThreads(out var workers, out var completions);
            if (s_before is { } before && workers == s_raised)
            {
                ThreadPool.SetMinThreads(before, completions);
            }

            s_before = null;
        }
    }

    /// <summary>Puts back what <see cref="SetByOthers"/> was.</summary>
    public static void Set((int Workers, int Completions) minimum)
    {
        lock (Changing)
        {
            s_before = null;
            ThreadPool.SetMinThreads(minimum.Workers, minimum.Completions);
        }
    }
}
