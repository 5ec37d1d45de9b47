using PluginHost.TestInfra;

namespace PluginHost.Tests;

/// <summary>One PostgreSQL server for all tests that ask for it; each takes a schema of its own.</summary>
[SetUpFixture]
public sealed class SharedPostgres
{
    private static readonly Lazy<PostgresServer> Server = new(PostgresServer.StartRequired);

    public static string ConnectionString => Server.Value.ConnectionString;

    [OneTimeTearDown]
    public void Stop()
    {
        if (Server.IsValueCreated)
        {
            Server.Value.Dispose();
        }
    }
}
