using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using PluginHost.Scripts;

namespace PluginHost.Testing;

/// <summary>The application around the script, as far as the script sees it.</summary>
internal sealed class TestServices : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly SharedServices _shared;
    private readonly string _section;
    private readonly IDictionary<string, string?> _configuration;
    private readonly IHttpClientFactory _http;
    private readonly TimeProvider _time;

    public TestServices(ServiceCollection services, string scriptId, IDictionary<string, string?> configuration, IHttpClientFactory http, TimeProvider time)
    {
        _shared = new SharedServices([.. services.Select(service => new SharedService(service.ServiceType)).Distinct()]);
        services.MakeReadOnly();
        _provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
        _section = $"{ScriptServicesFactory.ConfigurationSection}:{scriptId}:";
        (_configuration, _http, _time) = (configuration, http, time);
    }

    /// <summary>Made anew for each run, so that a test may change a setting between two.</summary>
    public ScriptServicesFactory CreateFactory() => new(
        _provider.GetRequiredService<IServiceScopeFactory>(),
        _shared,
        new ConfigurationBuilder().AddInMemoryCollection(_configuration.Select(setting => KeyValuePair.Create(_section + setting.Key, setting.Value))).Build(),
        _http,
        _time);

    public ValueTask DisposeAsync() => _provider.DisposeAsync();
}
