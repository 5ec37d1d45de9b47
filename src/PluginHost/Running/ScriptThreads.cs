using System.Runtime.CompilerServices;

namespace PluginHost.Running;

/// <summary>Threads for scripts, so that those that block hold up neither the application nor each other.</summary>
/// <remarks>
/// The thread pool adds threads one by one and seconds apart: a hundred scripts that block its threads would keep web
/// pages and everybody else waiting for a minute. Here each piece of work gets a thread at once, an idle one or a new one;
/// how many that can be is bounded by how many runs may be under way. What a script itself puts on the thread pool, with
/// Task.Run, goes there.
/// </remarks>
internal sealed class ScriptThreads : TaskScheduler
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Queue<Task> _queue = [];
    private readonly SemaphoreSlim _work = new(0);
    private int _idle;

    [ThreadStatic]
    private static ScriptThreads? _current;

    /// <summary>How many threads wait for work.</summary>
    public int Idle
    {
        get
        {
            lock (_lock)
            {
                return _idle;
            }
        }
    }

    /// <summary>Starts work on a thread of its own; what it awaits comes back to such threads.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        lock (_lock)
        {
            _queue.Enqueue(task);
            if (_queue.Count <= _idle)
            {
                _work.Release();
                return;
            }
        }

        // Nothing of the flow of the one who queues goes into the thread: it outlives the work.
        new Thread(Work) { IsBackground = true, Name = "PluginHost script" }.UnsafeStart();
        _work.Release();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && _current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
        {
            return [.. _queue];
        }
    }

    private void Work()
    {
        _current = this;
        while (RunNext())
        {
        }
    }

    // In a frame of its own: a thread that waits for work must not hold the last, and with it a plugin, in a local variable.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunNext()
    {
        if (Next() is not { } task)
        {
            return false;
        }

        TryExecuteTask(task);
        return true;
    }

    private Task? Next()
    {
        lock (_lock)
        {
            _idle++;
        }

        var called = _work.Wait(IdleLimit);
        lock (_lock)
        {
            _idle--;
            return called || (_queue.Count > 0 && _work.Wait(0)) ? _queue.Dequeue() : null;
        }
    }
}
