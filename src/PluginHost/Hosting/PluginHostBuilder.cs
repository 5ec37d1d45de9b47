using Microsoft.Extensions.DependencyInjection;
using PluginHost.Scripts;

namespace PluginHost.Hosting;

internal sealed class PluginHostBuilder(IServiceCollection services, SharedServices shared) : IPluginHostBuilder
{
    public IServiceCollection Services { get; } = services;

    public IPluginHostBuilder Share<TService>() where TService : class
    {
        shared.Share(typeof(TService));
        return this;
    }

    /// <summary>The services that scripts may ask for: one list, however often AddPluginHost is called.</summary>
    public static SharedServices SharedOf(IServiceCollection services)
    {
        if (services.FirstOrDefault(service => service.ServiceType == typeof(SharedServices))?.ImplementationInstance is SharedServices known)
        {
            return known;
        }

        var shared = new SharedServices();
        services.AddSingleton(shared);
        return shared;
    }
}
