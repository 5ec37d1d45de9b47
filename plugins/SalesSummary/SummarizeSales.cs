using System.Globalization;
using CsvHelper;

namespace SalesSummary;

// A plugin brings its own NuGet packages, here CsvHelper, and its own files, here sales.csv. The packages are
// loaded for this plugin alone: another plugin may use another version of CsvHelper.
[Script(Description = "Adds up the sales in sales.csv by region", Tags = ["example", "csv"])]
[Schedule("0 6 * * MON-FRI", TimeZone = "Europe/Berlin")]
public sealed class SummarizeSales : IScript
{
    [Parameter(Description = "Only this region; empty means all")]
    public string? Region { get; init; }

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var totals = new SortedDictionary<string, decimal>(StringComparer.OrdinalIgnoreCase);

        using var file = new StreamReader(Path.Combine(context.PluginDirectory, "sales.csv"));
        using var csv = new CsvReader(file, CultureInfo.InvariantCulture);

        await foreach (var sale in csv.GetRecordsAsync<Sale>(cancellationToken))
        {
            if (string.IsNullOrEmpty(Region) || sale.Region.Equals(Region, StringComparison.OrdinalIgnoreCase))
            {
                totals[sale.Region] = totals.GetValueOrDefault(sale.Region) + sale.Quantity * sale.UnitPrice;
            }
        }

        foreach (var (region, total) in totals)
        {
            context.Logger.LogInformation("{Region}: {Total:N2}", region, total);
        }

        context.SetResult(totals);
    }
}

public sealed record Sale(DateOnly Date, string Region, string Product, int Quantity, decimal UnitPrice);
