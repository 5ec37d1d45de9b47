using Microsoft.EntityFrameworkCore;

namespace PluginHost.Probes.Leaky;

// A package that keeps its version in memory, also when each context is disposed.

public sealed class EntityFramework : Probe
{
    protected override void Do()
    {
        using var shop = new Shop();
        shop.Orders.Add(new Row { Id = 1 });
        shop.SaveChanges();
    }

    private sealed class Shop : DbContext
    {
        public DbSet<Row> Orders => Set<Row>();

        protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseInMemoryDatabase("shop");
    }

    private sealed class Row
    {
        public int Id { get; set; }
    }
}
