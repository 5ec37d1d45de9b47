using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PluginHost.Scripts;

/// <summary>What the services of scripts are made of.</summary>
internal sealed class ScriptServicesFactory(
    IServiceScopeFactory scopes,
    SharedServices shared,
    IConfiguration configuration,
    IHttpClientFactory httpClients,
    TimeProvider time)
{
    /// <summary>The section that holds a section for each script, named by its id.</summary>
    public const string ConfigurationSection = PluginHostOptions.SectionName + ":Scripts";

    /// <summary>The name of the HTTP client that scripts get.</summary>
    public const string HttpClientName = "PluginHost.Scripts";

    public SharedServices Shared { get; } = shared;

    public TimeProvider Time { get; } = time;

    /// <summary>The same without the services of the application, which are not there in a worker process.</summary>
    public ScriptServicesFactory ForWorkers => new(scopes, SharedServices.NoneInWorkers, configuration, httpClients, Time);

    /// <summary>Makes the services of a version, which end with it.</summary>
    public VersionServices ForVersion() => new(this);

    /// <summary>Makes a scope of a version of its own.</summary>
    /// <param name="scriptId">The script.</param>
    /// <param name="loggers">Write to the log of the run. Whoever made them disposes them.</param>
    /// <returns>Services to dispose when the run has ended.</returns>
    public ScriptServices Create(string scriptId, ILoggerFactory loggers) => ForVersion().CreateScope(scriptId, loggers);

    public AsyncServiceScope CreateScope() => scopes.CreateAsyncScope();

    public HttpClient CreateHttpClient() => httpClients.CreateClient(HttpClientName);

    /// <summary>A copy of the script's own section.</summary>
    /// <remarks>
    /// Not the section itself: a script that registered for its changes would stay in memory for ever, and the values
    /// could change in the middle of a run.
    /// </remarks>
    public IConfigurationRoot ReadConfiguration(string scriptId)
    {
        var section = configuration.GetSection($"{ConfigurationSection}:{scriptId}");
        return new ConfigurationBuilder()
            .AddInMemoryCollection(section.AsEnumerable(makePathsRelative: true).Where(setting => setting.Key.Length > 0))
            .Build();
    }
}
