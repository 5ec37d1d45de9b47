using Microsoft.Extensions.DependencyInjection;

namespace PluginHost;

/// <summary>Adds to a plugin host that <c>AddPluginHost</c> registered.</summary>
public interface IPluginHostBuilder
{
    /// <summary>The application's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Lets scripts ask for a service of the application in their constructors.</summary>
    /// <typeparam name="TService">The service, as it is registered. Its assembly becomes shared with the plugins.</typeparam>
    /// <returns>This builder.</returns>
    /// <remarks>A scoped service lives as long as one run.</remarks>
    IPluginHostBuilder Share<TService>() where TService : class;
}
