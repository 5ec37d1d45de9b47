using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace PluginHost.Testing;

/// <summary>How a <see cref="TestPluginHost"/> is made.</summary>
public sealed class TestHostSettings
{
    private const string UsualFolder = "plugins";

    private readonly List<Action<IPluginHostBuilder>> _additions = [];

    internal TestHostSettings(string folder, bool workingTree)
    {
        var root = System.IO.Path.GetFullPath(folder);
        Source = new SourceOptions
        {
            Url = root,
            WorkingTree = workingTree,
            Path = !workingTree || Directory.Exists(System.IO.Path.Combine(root, UsualFolder)) ? UsualFolder : "",

            // The test says when to look.
            Poll = TimeSpan.FromDays(1),
        };
    }

    /// <summary>The options of the host. Its data directory is a temporary one.</summary>
    public PluginHostOptions Options { get; } = new();

    /// <summary>The repository: set its <see cref="SourceOptions.Path"/> where plugins are not in the folder <c>plugins</c>.</summary>
    public SourceOptions Source { get; }

    /// <summary>The configuration of the application; that of a script is the section <c>PluginHost:Scripts:</c> and its id.</summary>
    public IDictionary<string, string?> Configuration { get; } = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the host starts although plugins are rejected, for tests of just that.</summary>
    /// <value>The default is false: starting fails, and names what is wrong.</value>
    public bool AllowRejected { get; set; }

    /// <summary>How long the first load, a sync and a run may take each.</summary>
    /// <value>The default is 5 minutes: a first build may have to fetch packages.</value>
    public TimeSpan Limit { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Adds services, and shares them with scripts: <c>settings.Add(host => { host.Services.AddSingleton(…); host.Share&lt;…&gt;(); })</c>.</summary>
    /// <param name="add">Called once, while the host is made.</param>
    public void Add(Action<IPluginHostBuilder> add) => _additions.Add(add);

    internal IHost Build(string sourceName)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(Configuration);
        builder.Services.AddLogging();
        var host = builder.Services.AddPluginHost(Apply);
        foreach (var add in _additions)
        {
            add(host);
        }

        return builder.Build();

        void Apply(PluginHostOptions options)
        {
            (options.DataDirectory, options.NodeName) = (Options.DataDirectory, Options.NodeName);
            (options.Build, options.Load, options.Runs, options.Retention) = (Options.Build, Options.Load, Options.Runs, Options.Retention);
            options.Sources[sourceName] = Source;
        }
    }
}

/// <summary>Plugins that do not build, load or validate.</summary>
public sealed class PluginsRejectedException : Exception
{
    internal PluginsRejectedException(IReadOnlyList<PluginInfo> plugins)
        : base($"The host rejected {string.Join("; ", plugins.Select(plugin => $"'{plugin.Id}' ({plugin.Problem!.Stage}): {plugin.Problem.Message}"))}") => Plugins = plugins;

    /// <summary>The plugins, each with its problem.</summary>
    public IReadOnlyList<PluginInfo> Plugins { get; }
}
