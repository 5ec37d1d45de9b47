namespace PluginHost.Tests.Engines;

/// <summary>One host of each engine for all tests that need none of their own; each takes a plugin of its own.</summary>
[SetUpFixture]
public sealed class SharedHosts
{
    private static readonly Dictionary<Engine, Lazy<Task<EngineHost>>> Hosts =
        Enum.GetValues<Engine>().ToDictionary(engine => engine, engine => new Lazy<Task<EngineHost>>(() => EngineHost.StartAsync(engine)));

    internal static Task<EngineHost> OfAsync(Engine engine) => Hosts[engine].Value;

    [OneTimeTearDown]
    public async Task Stop()
    {
        foreach (var host in Hosts.Values.Where(host => host.IsValueCreated))
        {
            await (await host.Value).DisposeAsync();
        }
    }
}
