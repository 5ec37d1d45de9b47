namespace Shop;

/// <summary>What customers have ordered.</summary>
internal sealed class Orders(IShopDatabase database, TimeProvider time)
{
    private const string Take = "UPDATE products SET stock = stock - @2 WHERE sku = @1 AND stock >= @2";
    private const string Insert = "INSERT INTO orders (placed_on, customer, sku, pieces, cents) SELECT @1, @2, sku, @4, cents * @4 FROM products WHERE sku = @3";

    /// <returns>Whether there was enough in stock.</returns>
    public async Task<bool> PlaceAsync(Order order, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(order.Pieces);
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await connection.ChangeAsync(Take, cancellationToken, order.Sku, order.Pieces) == 0)
        {
            return false;
        }

        await connection.ChangeAsync(Insert, cancellationToken, $"{time.GetUtcNow():yyyy-MM-dd}", order.Customer, order.Sku, order.Pieces);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}

internal sealed record Order(string Customer, string Sku, int Pieces);
