namespace Shop;

/// <summary>The products in the database.</summary>
internal sealed class Catalog(IShopDatabase database) : ICatalog
{
    public async Task<IReadOnlyList<Product>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = connection.Command("SELECT sku, name, cents, stock FROM products ORDER BY sku");
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        var products = new List<Product>();
        while (await row.ReadAsync(cancellationToken))
        {
            products.Add(new Product(row.GetString(0), row.GetString(1), row.GetInt64(2) / 100m, row.GetInt32(3)));
        }

        return products;
    }

    public async Task SetPricesAsync(IReadOnlyDictionary<string, decimal> prices, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var (sku, price) in prices)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(price);
            Require(await connection.ChangeAsync("UPDATE products SET cents = @2 WHERE sku = @1", cancellationToken, sku, (long)decimal.Round(price * 100)), sku);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public async Task RestockAsync(string sku, int pieces, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pieces);
        await using var connection = await database.OpenAsync(cancellationToken);
        Require(await connection.ChangeAsync("UPDATE products SET stock = stock + @2 WHERE sku = @1", cancellationToken, sku, pieces), sku);
    }

    private static void Require(int changed, string sku)
    {
        if (changed == 0)
        {
            throw new ArgumentException($"There is no product '{sku}'.", nameof(sku));
        }
    }
}
