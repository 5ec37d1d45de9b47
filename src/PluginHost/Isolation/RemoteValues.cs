using System.Collections.Concurrent;
using PluginHost.History;

namespace PluginHost.Isolation;

/// <summary>In the worker: the values that scripts keep, which are with the host.</summary>
internal sealed class RemoteValues(MessagePipe pipe)
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ValueAnswer>> _open = new();
    private long _calls;

    /// <summary>The values, for a run: the host knows of which script it is.</summary>
    public IScriptValues Of(string runId) => new ForRun(this, runId);

    public void Take(ValueAnswer answer)
    {
        if (_open.TryRemove(answer.Call, out var open))
        {
            open.TrySetResult(answer);
        }
    }

    private async Task<ValueAnswer> AskAsync(Func<long, ValueCall> ask, CancellationToken cancellationToken)
    {
        var call = Interlocked.Increment(ref _calls);
        var open = _open[call] = new TaskCompletionSource<ValueAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            pipe.Send(ask(call));
            var answer = await open.Task.WaitAsync(cancellationToken);
            return answer.Error switch
            {
                null => answer,
                { Type: nameof(ArgumentException) } wrong => throw new ArgumentException(wrong.Message),
                var refused => throw new InvalidOperationException(refused.Message),
            };
        }
        finally
        {
            _open.TryRemove(call, out _);
        }
    }

    private sealed class ForRun(RemoteValues host, string runId) : IScriptValues
    {
        public async Task<ScriptValue?> FindAsync(string script, string key, CancellationToken cancellationToken) =>
            await host.AskAsync(call => new ValueCall(call, runId, ValueAction.Find, key, null, null), cancellationToken) is { Json: { } json, Version: { } version }
                ? new ScriptValue(key, json, version, default)
                : null;

        public async Task<long?> SetAsync(string script, string key, string json, long? expected, int most, CancellationToken cancellationToken) =>
            (await host.AskAsync(call => new ValueCall(call, runId, ValueAction.Set, key, json, expected), cancellationToken)).Version;

        public async Task<bool> RemoveAsync(string script, string key, CancellationToken cancellationToken) =>
            (await host.AskAsync(call => new ValueCall(call, runId, ValueAction.Remove, key, null, null), cancellationToken)).Removed;

        public async Task<IReadOnlyList<string>> GetKeysAsync(string script, CancellationToken cancellationToken) =>
            (await host.AskAsync(call => new ValueCall(call, runId, ValueAction.List, "", null, null), cancellationToken)).Keys ?? [];
    }
}
