using System.Data.Common;

namespace Shop;

/// <summary>Statements with values, in short.</summary>
internal static class Sql
{
    /// <summary>A statement whose values are named @1, @2 and so on.</summary>
    /// <param name="connection">Where it is to run, within the transaction that is under way there.</param>
    /// <param name="statement">A constant: values go into <paramref name="values"/>, never into the text.</param>
    /// <param name="values">The values, in their order.</param>
    public static DbCommand Command(this DbConnection connection, string statement, params ReadOnlySpan<object> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // It is a constant, as said above.
        command.CommandText = statement;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"@{i + 1}", values[i]);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <returns>How many rows were changed.</returns>
    public static async Task<int> ChangeAsync(this DbConnection connection, string statement, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = connection.Command(statement, values);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
