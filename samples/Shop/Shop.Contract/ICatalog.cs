namespace Shop;

/// <summary>What the shop sells. The app and its scripts change it through here alone, so that its rules hold for both.</summary>
public interface ICatalog
{
    /// <summary>Every product, by SKU.</summary>
    Task<IReadOnlyList<Product>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Sets prices: all of them, or none.</summary>
    /// <exception cref="ArgumentException">There is no such product, or a price is not above zero.</exception>
    Task SetPricesAsync(IReadOnlyDictionary<string, decimal> prices, CancellationToken cancellationToken);

    /// <summary>Adds pieces to what is in stock.</summary>
    /// <exception cref="ArgumentException">There is no such product, or the pieces are not above zero.</exception>
    Task RestockAsync(string sku, int pieces, CancellationToken cancellationToken);
}

public sealed record Product(string Sku, string Name, decimal Price, int Stock);
