using System.Data;
using System.Data.Common;

namespace PluginHost.History;

/// <summary>A connection to the database of the history. It keeps the statements it has run, compiled: often that takes longer than to run one.</summary>
/// <remarks>So a statement's text is a constant, or one of a few; what varies is a parameter. It is written so that SQLite and PostgreSQL take it.</remarks>
internal abstract class HistoryConnection(DbConnection connection) : IDisposable
{
    private readonly Dictionary<string, DbCommand> _compiled = [];

    /// <summary>Begins a transaction that changes something.</summary>
    public abstract void Begin();

    /// <summary>Returns when what was changed is on disk.</summary>
    public void Commit() => Run("COMMIT");

    /// <summary>Undoes what was changed, unless the database has done so itself.</summary>
    public abstract void RollBack();

    /// <summary>Whether it can be used no more, for instance because the server is gone.</summary>
    public bool IsBroken => connection.State != ConnectionState.Open;

    /// <summary>Whether the transaction failed for what others did at the same time, so that it may succeed now.</summary>
    public virtual bool CanTryAgain(Exception failure) => false;

    /// <summary>Whether the database takes no change of anybody at present, for instance because its disk is full.</summary>
    public abstract bool TakesNothing(DbException failure);

    /// <returns>How many rows it changed.</returns>
    public int Run(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Command(sql, parameters).ExecuteNonQuery();

    public List<T> Query<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Command(sql, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public void Dispose()
    {
        foreach (var command in _compiled.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    /// <summary>The statement as this database wants it.</summary>
    protected virtual string Translate(string sql) => sql;

    private DbCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_compiled.TryGetValue(sql, out var command))
        {
            _compiled[sql] = command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of ours; values are parameters.
            command.CommandText = Translate(sql);
#pragma warning restore CA2100
        }

        while (command.Parameters.Count < parameters.Length)
        {
            command.Parameters.Add(command.CreateParameter());
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].ParameterName = parameters[i].Name;
            command.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        }

        return command;
    }
}
