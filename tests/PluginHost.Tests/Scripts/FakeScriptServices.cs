using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

/// <summary>An application of a few lines whose services scripts may get.</summary>
internal sealed class FakeScriptServices : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    public FakeScriptServices(Action<IServiceCollection>? configure = null, Dictionary<string, string?>? settings = null)
    {
        var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddSingleton<SharedServices>()
            .AddSingleton<ScriptServicesFactory>()
            .AddHttpClient()
            .AddSingleton(TimeProvider.System);
        configure?.Invoke(services);
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public ScriptServicesFactory Factory => _provider.GetRequiredService<ScriptServicesFactory>();

    public IServiceProvider Provider => _provider;

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}

internal static class ShareExtensions
{
    /// <summary>What <c>AddPluginHost().Share&lt;T&gt;()</c> does.</summary>
    public static IServiceCollection Share<T>(this IServiceCollection services) => services.AddSingleton(new SharedService(typeof(T)));
}
