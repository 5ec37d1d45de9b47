using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Shop;

/// <summary>A file of SQLite, with two products to begin with.</summary>
internal sealed class ShopDatabase(IConfiguration configuration) : IShopDatabase, IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS products (sku TEXT PRIMARY KEY, name TEXT NOT NULL, cents INTEGER NOT NULL, stock INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS orders (id INTEGER PRIMARY KEY, placed_on TEXT NOT NULL, customer TEXT NOT NULL, sku TEXT NOT NULL, pieces INTEGER NOT NULL, cents INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS orders_by_day ON orders (placed_on);
        INSERT OR IGNORE INTO products VALUES ('MUG', 'Mug', 1250, 12), ('PEN', 'Pen', 300, 100);
        """;

    private readonly string _connectionString = configuration.GetConnectionString("Shop")
        ?? throw new InvalidOperationException("The shop has no database. Set ConnectionStrings:Shop, for example to 'Data Source=shop.db'.");
    private readonly SemaphoreSlim _creating = new(1);
    private bool _created;

    public async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await CreateAsync(connection, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => _creating.Dispose();

    private async Task CreateAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        await _creating.WaitAsync(cancellationToken);
        try
        {
            if (!_created)
            {
                await connection.ChangeAsync(Schema, cancellationToken);
                _created = true;
            }
        }
        finally
        {
            _creating.Release();
        }
    }
}
