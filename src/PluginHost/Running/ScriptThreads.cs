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

    // The one that came last is taken first: its stack is still in the processor's cache, and the others can end.
    private readonly List<Worker> _idle = [];

    [ThreadStatic]
    private static ScriptThreads? _current;

    /// <summary>How many threads wait for work.</summary>
    public int Idle
    {
        get
        {
            lock (_lock)
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>Starts work on a thread of its own; what it awaits comes back to such threads.</summary>
    public Task<T> RunAsync<T>(Func<Task<T>> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this).Unwrap();

    protected override void QueueTask(Task task)
    {
        Worker? idle = null;
        lock (_lock)
        {
            if (_idle.Count > 0)
            {
                idle = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }
        }

        if (idle is not null)
        {
            idle.Give(task);
            return;
        }

        // Nothing of the flow of the one who queues goes into the thread: it outlives the work.
        var worker = new Worker();
        worker.Give(task);
        new Thread(() => Work(worker)) { IsBackground = true, Name = "PluginHost script" }.UnsafeStart();
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => !taskWasPreviouslyQueued && _current == this && TryExecuteTask(task);

    // None waits: each has its thread.
    protected override IEnumerable<Task> GetScheduledTasks() => [];

    private void Work(Worker worker)
    {
        _current = this;
        while (RunNext(worker))
        {
            lock (_lock)
            {
                _idle.Add(worker);
            }
        }
    }

    // In a frame of its own: a thread that waits for work must not hold the last, and with it a plugin, in a local variable.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RunNext(Worker worker)
    {
        while (true)
        {
            if (worker.Take(IdleLimit) is { } task)
            {
                TryExecuteTask(task);
                return true;
            }

            lock (_lock)
            {
                // Whoever has taken it out meanwhile gives it work.
                if (_idle.Remove(worker))
                {
                    return false;
                }
            }
        }
    }

    /// <summary>A thread and the work that it is given.</summary>
    /// <remarks>A monitor, because whatever else a thread can wait by spins first: sixty that wait would take the processor from those that work.</remarks>
    private sealed class Worker
    {
        private Task? _next;

        public void Give(Task task)
        {
            lock (this)
            {
                _next = task;
                Monitor.Pulse(this);
            }
        }

        /// <returns>Null when none came in time.</returns>
        public Task? Take(TimeSpan limit)
        {
            lock (this)
            {
                if (_next is null)
                {
                    Monitor.Wait(this, limit);
                }

                var task = _next;
                _next = null;
                return task;
            }
        }
    }
}
