using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PluginHost.Hosting;

namespace PluginHost.Testing;

/// <summary>A whole plugin host in a test: it builds the plugins of a repository with the .NET SDK, loads them and runs their scripts.</summary>
/// <remarks>
/// Its data lies in a temporary folder that is gone when it is disposed. It needs the .NET SDK that the plugins need; the
/// first build takes some seconds, so share a host between tests that only run scripts. It has no HTTP API.
/// </remarks>
public sealed class TestPluginHost : IAsyncDisposable
{
    private const string Source = "default";

    private readonly TemporaryFolder _data;
    private readonly IHost _app;
    private readonly TimeSpan _limit;

    private TestPluginHost(TemporaryFolder data, IHost app, TimeSpan limit) => (_data, _app, _limit) = (data, app, limit);

    /// <summary>What an application may ask of the host.</summary>
    public IPluginHost Host => _app.Services.GetRequiredService<IPluginHost>();

    /// <summary>The services of the application around the host.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts a host over the files of a folder as they lie there, committed or not, and waits until they are live.</summary>
    /// <param name="folder">A repository's root, or any folder with plugin projects in it or below. Nothing is written there.</param>
    /// <param name="configure">Sets options, and adds services that scripts may ask for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PluginsRejectedException">A plugin does not build, load or validate.</exception>
    /// <exception cref="TimeoutException">The first load did not end in time.</exception>
    public static Task<TestPluginHost> StartAsync(string folder, Action<TestHostSettings>? configure = null, CancellationToken cancellationToken = default) =>
        StartAsync(new TestHostSettings(folder, workingTree: true), configure, cancellationToken);

    /// <summary>Starts a host over the commits of a repository, and waits until the newest is live. It follows later ones by <see cref="SyncAsync"/>.</summary>
    /// <param name="repository">The repository, with at least one commit.</param>
    /// <param name="configure">Sets options, and adds services that scripts may ask for.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PluginsRejectedException">A plugin does not build, load or validate.</exception>
    /// <exception cref="TimeoutException">The first load did not end in time.</exception>
    public static Task<TestPluginHost> StartAsync(ScriptRepository repository, Action<TestHostSettings>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(repository);
        return StartAsync(new TestHostSettings(repository.Path, workingTree: false), configure, cancellationToken);
    }

    /// <summary>Takes what is committed now, or what lies in the folder now, and waits until it is live or rejected.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The deployment, which names what became of each plugin.</returns>
    public Task<DeploymentInfo> SyncAsync(CancellationToken cancellationToken = default) => Host.SyncAsync(Source, _limit, cancellationToken: cancellationToken);

    /// <summary>Runs a script to its end, however it ends.</summary>
    /// <param name="scriptId">The id of the script: <c>plugin.name</c>.</param>
    /// <param name="parameters">Values by the names of parameters: an anonymous object, a dictionary or a JsonObject.</param>
    /// <param name="cancellationToken">Gives up; the run goes on.</param>
    /// <exception cref="NotFoundException">There is no such script.</exception>
    /// <exception cref="InvalidParametersException">The parameters are wrong; every mistake is named.</exception>
    /// <exception cref="TimeoutException">It did not end within the limit of the host.</exception>
    public async Task<RunInfo> RunAsync(string scriptId, object? parameters = null, CancellationToken cancellationToken = default)
    {
        var started = await Host.StartRunAsync(scriptId, new RunRequest { Parameters = ParameterObject.Read(parameters) }, cancellationToken);
        var run = await Host.WaitForRunAsync(started.Id, _limit, cancellationToken);
        return run.IsFinished ? run : throw new TimeoutException($"The run of '{scriptId}' did not end within {_limit}. It is {run.State}.");
    }

    /// <summary>What a run has logged so far, a line each: time, level and message.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<string>> ReadLogAsync(string runId, CancellationToken cancellationToken = default)
    {
        var lines = new List<string>();
        await foreach (var line in Host.ReadLogAsync(runId, after: 0, follow: false, cancellationToken))
        {
            lines.Add(line.Text);
        }

        return lines;
    }

    /// <summary>Stops the host, cancels what still runs and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        _app.Dispose();
        _data.Dispose();
    }

    private static async Task<TestPluginHost> StartAsync(TestHostSettings settings, Action<TestHostSettings>? configure, CancellationToken cancellationToken)
    {
        var data = new TemporaryFolder("pluginhost-test-host-");
        settings.Options.DataDirectory = data.Path;
        TestPluginHost? host = null;
        try
        {
            configure?.Invoke(settings);
            host = new TestPluginHost(data, settings.Build(Source), settings.Limit);
            await host._app.StartAsync(cancellationToken);
            await host._app.Services.GetRequiredService<HostReadiness>().WhenLoaded.WaitAsync(settings.Limit, cancellationToken);
            host.ThrowIfRejected(settings);
            return host;
        }
        catch
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
            data.Dispose();
            throw;
        }
    }

    private void ThrowIfRejected(TestHostSettings settings)
    {
        var rejected = Host.GetPlugins().Where(plugin => plugin.Problem is not null).ToList();
        if (rejected.Count > 0 && !settings.AllowRejected)
        {
            throw new PluginsRejectedException(rejected);
        }

        if (Host.GetStatus().Sources.FirstOrDefault(source => source.Error is not null) is { Error: { } error })
        {
            throw new InvalidOperationException($"The host could not read the plugins: {error}");
        }
    }
}
