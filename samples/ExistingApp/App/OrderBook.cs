using System.Collections.Concurrent;
using Orders;

namespace ExistingApp;

/// <summary>Keeps the orders in memory.</summary>
internal sealed class OrderBook : IOrders
{
    private readonly ConcurrentQueue<Order> _orders = new([new Order("Ada", 30), new Order("Alan", 12.50m)]);

    public IReadOnlyCollection<Order> All => _orders;

    public void Add(Order order) => _orders.Enqueue(order);
}
