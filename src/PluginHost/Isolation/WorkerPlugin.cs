using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using PluginHost.History;
using PluginHost.Loading;
using PluginHost.Running;
using PluginHost.Scripts;

namespace PluginHost.Isolation;

/// <summary>In the worker: a plugin that is loaded for good, and what its scripts get.</summary>
internal sealed class WorkerPlugin
{
    private readonly IReadOnlyList<ScriptClass> _scripts;
    private readonly ServiceProvider _services;
    private readonly ScriptInvoker _invoker;
    private readonly RunOptions _limits;

    private WorkerPlugin(IReadOnlyList<ScriptClass> scripts, LoadPlugin load)
    {
        _scripts = scripts;
        _services = new ServiceCollection().AddHttpClient().BuildServiceProvider();
        _limits = new RunOptions { CaptureConsole = load.CaptureConsole, MaxResultBytes = load.MaxResultBytes, MaxStateValueBytes = load.MaxStateValueBytes };
        _invoker = new ScriptInvoker(new ConsoleCapture(Options.Create(new PluginHostOptions { Runs = _limits })), TimeProvider.System);
    }

    public static WorkerPlugin Load(LoadPlugin load) => new(
        ScriptReader.Read(load.PluginId, PluginAssembly.Types(PluginAssembly.Open(load.AssemblyPath, load.SharedAssemblies, isUnloadable: false).LoadDefaultAssembly())).Scripts, load);

    public Task<RunError?> RunAsync(StartRun start, Activity? span, IRunOutput output, IScriptValues values, CancellationToken cancellationToken) => _invoker.InvokeAsync(new ScriptInvocation
    {
        Facts = start.Facts,
        Span = span,
        FindAsync = () => Task.FromResult(_scripts.FirstOrDefault(script => script.Descriptor.Id.Equals(start.Facts.ScriptId, StringComparison.OrdinalIgnoreCase)) ?? throw new NotFoundException("script", start.Facts.ScriptId)),
        Parameters = _ => start.Parameters,
        Services = () => Task.FromResult(ServicesFor(start).ForVersion()),
        Output = output,
        Values = values,
        Limits = _limits,
        CancellationToken = cancellationToken,
    });

    private ScriptServicesFactory ServicesFor(StartRun start)
    {
        var settings = start.Configuration.Select(setting => KeyValuePair.Create($"{ScriptServicesFactory.ConfigurationSection}:{start.Facts.ScriptId}:{setting.Key}", setting.Value));
        return new ScriptServicesFactory(
            _services.GetRequiredService<IServiceScopeFactory>(), SharedServices.NoneInWorkers, new ConfigurationBuilder().AddInMemoryCollection(settings).Build(),
            _services.GetRequiredService<IHttpClientFactory>(), TimeProvider.System);
    }
}
