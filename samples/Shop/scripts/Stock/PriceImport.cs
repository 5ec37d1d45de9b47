using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Shop;

namespace Stock;

[Script(Description = "Takes over a supplier's price list: all of it, or nothing", MaxConcurrent = 1)]
public sealed class PriceImport(ICatalog catalog, ILogger<PriceImport> log) : IScript
{
    [Parameter(Description = "A line for each product: SKU;price, such as MUG;12.50")]
    public required string Prices { get; init; }

    [Parameter(Description = "Refuse the list when a price changes by more percent"), Range(0, 1000)]
    public decimal MaxChangePercent { get; init; } = 20;

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var products = (await catalog.ListAsync(cancellationToken)).ToDictionary(product => product.Sku);
        var prices = new Dictionary<string, decimal>();
        var mistakes = new List<string>();
        foreach (var line in Prices.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.Split(';', StringSplitOptions.TrimEntries) is not [var sku, var text]
                || !decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) || price <= 0)
            {
                mistakes.Add($"'{line}' is not SKU;price.");
            }
            else if (!products.TryGetValue(sku, out var product))
            {
                mistakes.Add($"There is no product '{sku}'.");
            }
            else if (Math.Abs(price - product.Price) * 100 > MaxChangePercent * product.Price)
            {
                mistakes.Add($"{sku} would go from {product.Price} to {price}, by more than {MaxChangePercent} %.");
            }
            else if (!prices.TryAdd(sku, price))
            {
                mistakes.Add($"{sku} is in the list twice.");
            }
        }

        // Nothing has been changed so far: somebody corrects the list, or allows the change, and runs it again.
        if (mistakes.Count > 0)
        {
            throw new ValidationException(string.Join(' ', mistakes));
        }

        await catalog.SetPricesAsync(prices, cancellationToken);
        foreach (var (sku, price) in prices)
        {
            log.LogInformation("{Sku}: {Old} → {New}", sku, products[sku].Price, price);
        }

        context.SetResult(new { changed = prices.Count });
    }
}
