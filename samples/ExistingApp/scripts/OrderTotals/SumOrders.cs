using Orders;

namespace OrderTotals;

[Script(Description = "Adds up the orders of each customer")]
[Schedule("0 18 * * MON-FRI", TimeZone = "Europe/Berlin")]
public sealed class SumOrders(IOrders orders, ILogger<SumOrders> log) : IScript
{
    [Parameter(Description = "Leave out customers who ordered for less")]
    public decimal AtLeast { get; init; }

    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var totals = orders.All
            .GroupBy(order => order.Customer, (customer, theirs) => new { customer, total = theirs.Sum(order => order.Amount) })
            .Where(customer => customer.total >= AtLeast)
            .OrderByDescending(customer => customer.total)
            .ToList();

        foreach (var entry in totals)
        {
            log.LogInformation("{Customer}: {Total}", entry.customer, entry.total);
        }

        context.SetResult(totals);
        return Task.CompletedTask;
    }
}
