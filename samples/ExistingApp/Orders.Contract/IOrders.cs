namespace Orders;

/// <summary>The orders of the day.</summary>
public interface IOrders
{
    IReadOnlyCollection<Order> All { get; }

    void Add(Order order);
}

public sealed record Order(string Customer, decimal Amount);
