using Microsoft.Extensions.DependencyInjection;
using PluginHost.Scripts;

namespace PluginHost.Hosting;

internal sealed class PluginHostBuilder(IServiceCollection services) : IPluginHostBuilder
{
    public IServiceCollection Services { get; } = services;

    public IPluginHostBuilder Share<TService>() where TService : class
    {
        Services.AddSingleton(new SharedService(typeof(TService)));
        return this;
    }
}
