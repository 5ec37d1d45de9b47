using System.Runtime.CompilerServices;

namespace PluginHost.Running;

/// <summary>Threads for scripts, so that those that block hold up neither the application nor each other.</summary>
/// <remarks>
/// The thread pool adds threads one by one and seconds apart: a hundred scripts that block its threads would keep web
/// pages and everybody else waiting for a minute. Here each piece of work gets a thread, an idle one or a new one; how
/// many that can be is bounded by how many runs may be under way. But to wake a thread takes longer than most scripts do:
/// where each processor has just begun with another, work waits for one of those to be done, and gets its own thread when
/// none is within a millisecond, or what else is the shortest wait of the system. What a script itself puts on the thread
/// pool, with Task.Run, goes there.
/// </remarks>
internal sealed class ScriptThreads : TaskScheduler
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeProvider Time = TimeProvider.System;

    private readonly object _gate = new();

    // The one that came last is taken first: its stack is still in the processor's cache, and the others can end.
    private readonly List<ScriptThread> _idle = [];
    private readonly Queue<(Task Work, long Since)> _waiting = new();

    // Who began last, as many as there are processors: these may soon be done.
    private readonly (ScriptThread? Thread, long At)[] _latest = new (ScriptThread?, long)[Environment.ProcessorCount];
    private int _oldest;
    private bool _isWatched;
    private bool _hasWatcher;

    [ThreadStatic]
    private static ScriptThreads? _current;

    /// <summary>Starts work on a thread for scripts; what it awaits comes back to such threads.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        lock (_gate)
        {
            var now = Time.GetTimestamp();
            if (Array.TrueForAll(_latest, begun => begun.Thread?.BeganAt == begun.At && Time.GetElapsedTime(begun.At, now) < Patience))
            {
                Watch();
                _waiting.Enqueue((task, now));
                return;
            }
        }

        Hand(task);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && _current == this && TryExecuteTask(task);

    // Nothing waits for long.
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Hand(Task task)
    {
        ScriptThread thread;
        bool isNew;
        lock (_gate)
        {
            isNew = _idle.Count == 0;
            thread = isNew ? new ScriptThread() : _idle[^1];
            if (!isNew)
            {
                _idle.RemoveAt(_idle.Count - 1);
            }

            Begin(thread);
        }

        thread.Give(task);
        if (isNew)
        {
            // Nothing of the flow of the one who queues goes into the thread: it outlives the work.
            new Thread(() => Work(thread)) { IsBackground = true, Name = "PluginHost script" }.UnsafeStart();
        }
    }

    private void Work(ScriptThread thread)
    {
        _current = this;
        while (RunNext(thread))
        {
        }
    }

    // In a frame of its own: a thread that waits for work must not hold the last, and with it a plugin, in a local variable.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunNext(ScriptThread thread)
    {
        if ((thread.Take(TimeSpan.Zero) ?? TakeWaiting(thread) ?? TakeOrEnd(thread)) is not { } task)
        {
            return false;
        }

        TryExecuteTask(task);
        return true;
    }

    /// <returns>Null when nothing waits; it is idle then.</returns>
    private Task? TakeWaiting(ScriptThread thread)
    {
        lock (_gate)
        {
            if (_waiting.TryDequeue(out var next))
            {
                Begin(thread);
                return next.Work;
            }

            thread.BeganAt = 0;
            _idle.Add(thread);
            return null;
        }
    }

    /// <returns>Null when it has been idle for so long that it is to end.</returns>
    private Task? TakeOrEnd(ScriptThread thread)
    {
        while (true)
        {
            if (thread.Take(IdleLimit) is { } task)
            {
                return task;
            }

            lock (_gate)
            {
                // Whoever has taken it out meanwhile gives it work.
                if (_idle.Remove(thread))
                {
                    return null;
                }
            }
        }
    }

    private void Begin(ScriptThread thread)
    {
        thread.BeganAt = Time.GetTimestamp();
        _latest[_oldest] = (thread, thread.BeganAt);
        _oldest = (_oldest + 1) % _latest.Length;
    }

    /// <summary>Sees to it that nothing waits for too long.</summary>
    private void Watch()
    {
        if (!_hasWatcher)
        {
            new Thread(WatchAll) { IsBackground = true, Name = "PluginHost scripts" }.UnsafeStart();
        }
        else if (!_isWatched)
        {
            Monitor.Pulse(_gate);
        }

        _hasWatcher = _isWatched = true;
    }

    private void WatchAll()
    {
        var overdue = new List<Task>();
        while (TakeOverdue(overdue))
        {
            if (overdue.FindIndex(task => !TryHand(task)) is >= 0 and var handed)
            {
                WaitOn(overdue.Skip(handed));
            }

            overdue.Clear();
        }
    }

    /// <returns>False when the system gives no more threads.</returns>
    private bool TryHand(Task task)
    {
        try
        {
            Hand(task);
            return true;
        }
        catch (Exception failure) when (failure is OutOfMemoryException or ThreadStartException)
        {
            return false;
        }
    }

    /// <summary>Until a thread is done with other work, or there can be another one.</summary>
    private void WaitOn(IEnumerable<Task> tasks)
    {
        lock (_gate)
        {
            foreach (var task in tasks)
            {
                _waiting.Enqueue((task, Time.GetTimestamp()));
            }
        }
    }

    /// <returns>False when nothing has waited for a while, so that there is nothing to watch.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TakeOverdue(List<Task> overdue)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _isWatched = false;
                return _hasWatcher = Monitor.Wait(_gate, IdleLimit) || _isWatched;
            }

            Monitor.Wait(_gate, Patience);
            while (_waiting.TryPeek(out var next) && Time.GetElapsedTime(next.Since) >= Patience)
            {
                overdue.Add(_waiting.Dequeue().Work);
            }

            return true;
        }
    }
}
