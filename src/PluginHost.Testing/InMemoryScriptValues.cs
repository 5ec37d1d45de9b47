using PluginHost.History;

namespace PluginHost.Testing;

/// <summary>The values that a script keeps, as long as a test goes on.</summary>
internal sealed class InMemoryScriptValues(TimeProvider time) : IScriptValues
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, ScriptValue> _values = new(StringComparer.Ordinal);
    private long _version;

    public Task<ScriptValue?> FindAsync(string script, string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult(_values.GetValueOrDefault(key));
        }
    }

    public Task<IReadOnlyList<string>> GetKeysAsync(string script, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<string>>([.. _values.Keys]);
        }
    }

    public Task<long?> SetAsync(string script, string key, string json, long? expected, int most, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var present = _values.GetValueOrDefault(key)?.Version ?? 0;
            if (expected is not null && expected != present)
            {
                return Task.FromResult<long?>(null);
            }

            if (present == 0 && _values.Count >= most)
            {
                return Task.FromException<long?>(new InvalidOperationException($"Script '{script}' keeps {most} values already, which is as many as it may (PluginHost:Runs:MaxStateKeys), so '{key}' was not set. Remove values that are no longer needed."));
            }

            _values[key] = new ScriptValue(key, json, ++_version, time.GetUtcNow());
            return Task.FromResult<long?>(_version);
        }
    }

    public Task<bool> RemoveAsync(string script, string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return Task.FromResult(_values.Remove(key));
        }
    }
}
