using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;

namespace PluginHost.History;

/// <summary>Runs statements. Each connection keeps those it has run, compiled: often that takes longer than to run one.</summary>
/// <remarks>So a statement's text is a constant, or one of a few; what varies is a parameter.</remarks>
internal static class SqliteCommands
{
    private static readonly ConditionalWeakTable<SqliteConnection, Dictionary<string, SqliteCommand>> Compiled = [];

    /// <returns>How many rows it changed.</returns>
    public static int Run(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        connection.Command(sql, parameters).ExecuteNonQuery();

    public static List<T> Query<T>(
        this SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = connection.Command(sql, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static SqliteCommand Command(this SqliteConnection connection, string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var compiled = Compiled.GetOrCreateValue(connection);
        if (!compiled.TryGetValue(sql, out var command))
        {
            compiled[sql] = command = connection.CreateCommand();
#pragma warning disable CA2100 // Every text is a constant of ours; values are parameters.
            command.CommandText = sql;
#pragma warning restore CA2100
        }

        while (command.Parameters.Count < parameters.Length)
        {
            command.Parameters.Add(new SqliteParameter());
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            command.Parameters[i].ParameterName = parameters[i].Name;
            command.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        }

        return command;
    }
}
