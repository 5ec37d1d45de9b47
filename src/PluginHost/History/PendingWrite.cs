namespace PluginHost.History;

/// <summary>Something to be written, and whoever waits for it.</summary>
internal abstract class PendingWrite
{
    /// <summary>Takes it in hand: from now on it is cancelled no more.</summary>
    /// <returns>False when it was cancelled before.</returns>
    public abstract bool TryBegin();

    /// <summary>May come to nothing and be done again, so it changes nothing but what the connection undoes.</summary>
    public abstract void Run(HistoryConnection connection);

    /// <summary>Tells whoever waits that it is on disk, or why not.</summary>
    public abstract void End(Exception? failure);
}

internal sealed class PendingWrite<T> : PendingWrite
{
    private readonly TaskCompletionSource<T> _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<HistoryConnection, T> _work;
    private readonly CancellationTokenRegistration _cancellation;
    private T? _result;
    private bool _begun;

    public PendingWrite(Func<HistoryConnection, T> work, CancellationToken cancellationToken)
    {
        _work = work;
        _cancellation = cancellationToken.UnsafeRegister(static (write, token) => ((PendingWrite<T>)write!).Cancel(token), this);
    }

    public Task<T> Written => _written.Task;

    public override bool TryBegin()
    {
        _cancellation.Unregister();
        return !Interlocked.Exchange(ref _begun, true);
    }

    public override void Run(HistoryConnection connection) => _result = _work(connection);

    public override void End(Exception? failure)
    {
        if (failure is not null)
        {
            _written.SetException(failure);
        }
        else
        {
            _written.SetResult(_result!);
        }
    }

    private void Cancel(CancellationToken cancellationToken)
    {
        if (!Interlocked.Exchange(ref _begun, true))
        {
            _written.SetCanceled(cancellationToken);
        }
    }
}
