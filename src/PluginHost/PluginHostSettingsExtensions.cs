using Microsoft.Extensions.DependencyInjection;
using PluginHost.Hosting.Settings;

namespace PluginHost;

/// <summary>Makes further settings known to a plugin host.</summary>
public static class PluginHostSettingsExtensions
{
    /// <summary>
    /// Says which settings there are in a section under <c>PluginHost</c>. When the host starts, what is in the configuration and
    /// is no known setting is an error, as is a value that cannot be read: a setting with a slip in its name would do nothing, unseen.
    /// </summary>
    /// <typeparam name="T">Its public properties are the settings; or a simple type, for one value.</typeparam>
    /// <param name="host">The plugin host.</param>
    /// <param name="section">The section, such as <c>Alerts</c> or <c>Authentication:OpenIdConnect</c>.</param>
    /// <returns>It.</returns>
    public static IPluginHostBuilder AddSettings<T>(this IPluginHostBuilder host, string section)
    {
        host.Services.AddSingleton(new SettingsSection(section, typeof(T)));
        return host;
    }
}
