using PluginHost.History;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;

namespace PluginHost.App.Security;

/// <summary>The keys of a data directory, whether or not a host runs on it.</summary>
internal static class KeyFile
{
    /// <summary>Whether there is any; a directory that does not exist is not made.</summary>
    public static bool HasKeys(string dataDirectory) => File.Exists(DataDirectory.DatabaseOf(dataDirectory)) && Use(dataDirectory, keys => keys.Any());

    public static T Use<T>(string dataDirectory, Func<AccessKeyStore, T> work)
    {
        using var database = new SqliteDatabase(DataDirectory.DatabaseOf(dataDirectory));
        return work(new AccessKeyStore(database, TimeProvider.System));
    }

    public static async Task<T> UseAsync<T>(string dataDirectory, Func<AccessKeyStore, Task<T>> work)
    {
        Directory.CreateDirectory(dataDirectory);
        using var database = new SqliteDatabase(DataDirectory.DatabaseOf(dataDirectory));
        return await work(new AccessKeyStore(database, TimeProvider.System));
    }
}
