using System.Collections.Concurrent;

namespace PluginHost.History;

/// <summary>Connections for reading beside the writer, kept open: to open one takes longer than most of what is read.</summary>
internal sealed class ReadConnections(Func<HistoryConnection> open) : IDisposable
{
    /// <summary>Each may hold 2 MB of the file in memory. More readers at once than that still read, and close theirs again.</summary>
    private const int MostIdle = 8;

    private readonly ConcurrentQueue<HistoryConnection> _idle = new();
    private volatile bool _closed;

    public T Read<T>(Func<HistoryConnection, T> work)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var connection = _idle.TryDequeue(out var idle) ? idle : open();
        try
        {
            return work(connection);
        }
        finally
        {
            GiveBack(connection);
        }
    }

    public void Dispose()
    {
        _closed = true;
        while (_idle.TryDequeue(out var connection))
        {
            connection.Dispose();
        }
    }

    private void GiveBack(HistoryConnection connection)
    {
        if (_idle.Count >= MostIdle || connection.IsBroken)
        {
            connection.Dispose();
            return;
        }

        // Looked at afterwards, so that none stays that was given back while the others were closed.
        _idle.Enqueue(connection);
        if (_closed)
        {
            Dispose();
        }
    }
}
