using Microsoft.Data.Sqlite;
using PluginHost.Hosting;

namespace PluginHost.History;

/// <summary>The SQLite file that holds what happened. One writer at a time, any number of readers.</summary>
internal sealed class HistoryDatabase : IDisposable
{
    private readonly string _connectionString;
    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _oneWriter = new(1);

    public HistoryDatabase(DataDirectory data)
        : this(data.Database)
    {
    }

    public HistoryDatabase(string file)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ToString();
        try
        {
            _writer = Open();
            HistorySchema.Migrate(_writer, file);
        }
        catch (SqliteException failure)
        {
            throw new InvalidOperationException(
                $"The history in {file} cannot be opened: {failure.Message} Nothing was changed. Move the file away to start with an empty history, or restore it from a backup.",
                failure);
        }
    }

    /// <summary>Changes something in one transaction; when it answers, the change is on disk.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        await _oneWriter.WaitAsync(cancellationToken);
        try
        {
            using var transaction = _writer.BeginTransaction();
            var result = work(_writer);
            transaction.Commit();
            return result;
        }
        finally
        {
            _oneWriter.Release();
        }
    }

    public T Read<T>(Func<SqliteConnection, T> work)
    {
        using var connection = Open();
        return work(connection);
    }

    public void Dispose()
    {
        _writer.Dispose();
        _oneWriter.Dispose();
        SqliteConnection.ClearPool(new SqliteConnection(_connectionString));
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();

        // WAL lets readers go on beside the writer. FULL: what was acknowledged survives a power cut.
        connection.Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
        return connection;
    }
}
