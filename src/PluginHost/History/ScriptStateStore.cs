using System.Collections.Concurrent;

namespace PluginHost.History;

/// <summary>Which scripts are paused.</summary>
internal sealed class ScriptStateStore
{
    private readonly HistoryDatabase _database;
    private readonly ConcurrentDictionary<string, bool> _paused = new(StringComparer.OrdinalIgnoreCase);

    // What is known here is what is stored: of two changes, the later one last in both.
    private readonly SemaphoreSlim _oneAtATime = new(1);

    public ScriptStateStore(HistoryDatabase database)
    {
        _database = database;
        foreach (var script in database.Read(connection => connection.Query("SELECT script FROM paused_scripts", reader => reader.GetString(0))))
        {
            _paused[script] = true;
        }
    }

    public bool IsPaused(string scriptId) => _paused.ContainsKey(scriptId);

    public async Task SetPausedAsync(string scriptId, bool paused, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await _database.WriteAsync(
                connection => connection.Run(
                    paused ? "INSERT INTO paused_scripts (script) VALUES (@script) ON CONFLICT DO NOTHING" : "DELETE FROM paused_scripts WHERE script = @script",
                    ("@script", scriptId)),
                cancellationToken);
            if (paused)
            {
                _paused[scriptId] = true;
            }
            else
            {
                _paused.TryRemove(scriptId, out _);
            }
        }
        finally
        {
            _oneAtATime.Release();
        }
    }
}
