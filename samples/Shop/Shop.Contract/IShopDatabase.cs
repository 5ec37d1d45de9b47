using System.Data.Common;

namespace Shop;

/// <summary>The shop's database, for scripts that read across tables, such as reports.</summary>
/// <remarks>
/// It hands out .NET's own <see cref="DbConnection"/>, and not SQLite's, so that scripts need no package for it and the
/// app can go over to another database.
/// </remarks>
public interface IShopDatabase
{
    /// <summary>An open connection; whoever asked disposes it.</summary>
    Task<DbConnection> OpenAsync(CancellationToken cancellationToken);
}
