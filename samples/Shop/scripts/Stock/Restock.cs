using System.ComponentModel.DataAnnotations;
using Shop;

namespace Stock;

[Script(Description = "Reorders what is nearly sold out")]
[RunAfter("Reports.NightlyTotals")]
public sealed class Restock(ICatalog catalog, ILogger<Restock> log) : IScript
{
    [Parameter(Description = "Reorder when fewer pieces than this are left"), Range(1, 1000)]
    public int Below { get; init; } = 10;

    [Parameter(Description = "How many pieces there are then"), Range(1, 10_000)]
    public int UpTo { get; init; } = 50;

    [Parameter(Description = "Only say what would be reordered")]
    public bool DryRun { get; init; }

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var reordered = new Dictionary<string, int>();
        foreach (var product in await catalog.ListAsync(cancellationToken))
        {
            var pieces = UpTo - product.Stock;
            if (product.Stock >= Below || pieces <= 0)
            {
                continue;
            }

            if (!DryRun)
            {
                await catalog.RestockAsync(product.Sku, pieces, cancellationToken);
            }

            log.LogInformation("{Product}: {Stock} left, {Pieces} {Reordered}", product.Name, product.Stock, pieces, DryRun ? "to reorder" : "reordered");
            reordered.Add(product.Sku, pieces);
        }

        context.SetResult(reordered);
    }
}
