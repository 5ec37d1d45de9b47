using System.Threading.Channels;

namespace PluginHost.Tests.Running;

/// <summary>Where the scripts of the tests run: each waits there until the test ends it.</summary>
public sealed class Stage
{
    private readonly Channel<Performance> _performances = Channel.CreateUnbounded<Performance>();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What scripts do instead of waiting.</summary>
    public Func<ScriptContext, CancellationToken, Task>? Script { get; set; }

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the test.</summary>
    public Task Closed => _closed.Task;

    /// <summary>The next script that comes on.</summary>
    public Task<Performance> NextAsync() => _performances.Reader.ReadAsync().AsTask().WaitAsync(RunningHost.HangLimit);

    /// <summary>Whether a script came on that the test has not asked for.</summary>
    public bool HasNext => _performances.Reader.TryPeek(out _);

    public async Task PerformAsync(IScript script, ScriptContext context, CancellationToken cancellationToken)
    {
        if (Script is { } act)
        {
            await act(context, cancellationToken);
            return;
        }

        var performance = new Performance(script, context, cancellationToken);
        _performances.Writer.TryWrite(performance);
        await await Task.WhenAny(performance.Ended, _closed.Task);
    }

    /// <summary>Ends whatever is under way.</summary>
    public void Close() => _closed.TrySetResult();
}

/// <summary>A script under way.</summary>
public sealed class Performance(IScript script, ScriptContext context, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IScript Script { get; } = script;

    public ScriptContext Context { get; } = context;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public Task Ended => Script is Deaf ? _ended.Task : _ended.Task.WaitAsync(CancellationToken);

    public void End() => _ended.TrySetResult();

    public void Fail(Exception failure) => _ended.TrySetException(failure);
}

/// <summary>A service of the application that cannot be disposed of before the test ends.</summary>
public sealed class Hanging(Stage stage) : IDisposable
{
    public void Dispose() => stage.Closed.Wait();
}
