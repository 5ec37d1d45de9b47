using Shop;

namespace Reports;

[Script(Description = "Adds up what each product brought in on a day")]
[Schedule("30 0 * * *")]
public sealed class NightlyTotals(IShopDatabase database, ILogger<NightlyTotals> log) : IScript
{
    private const string Query = """
        SELECT sku, SUM(pieces), SUM(cents) FROM orders WHERE placed_on = @day GROUP BY sku ORDER BY SUM(cents) DESC
        """;

    [Parameter(Description = "The day, in UTC; without one, the day before")]
    public DateOnly? Day { get; init; }

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        // A run that comes late, because the shop was down, still adds up the day that was meant.
        var due = context.ScheduledFor ?? context.TimeProvider.GetUtcNow();
        var day = Day ?? DateOnly.FromDateTime(due.UtcDateTime).AddDays(-1);

        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = Query;
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@day", $"{day:yyyy-MM-dd}");
        command.Parameters.Add(parameter);

        var totals = new List<Total>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        while (await row.ReadAsync(cancellationToken))
        {
            var total = new Total(row.GetString(0), row.GetInt32(1), row.GetInt64(2) / 100m);
            log.LogInformation("{Sku}: {Pieces} pieces, {Revenue}", total.Sku, total.Pieces, total.Revenue);
            totals.Add(total);
        }

        context.SetResult(new { day, totals });
    }
}

public sealed record Total(string Sku, int Pieces, decimal Revenue);
