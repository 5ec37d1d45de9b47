using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PluginHost.Scripts;

/// <summary>What the constructor of a script may ask for, during one run.</summary>
/// <remarks>
/// Never asks the application's own container for a type of a plugin: a container remembers each type it was asked
/// for, and would keep the plugin in memory for as long as the application lives. Safe to use from several threads.
/// </remarks>
internal sealed class ScriptServices(VersionServices version, string scriptId, ILoggerFactory loggers)
    : IServiceProvider, IKeyedServiceProvider, IServiceProviderIsKeyedService, IServiceScopeFactory, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<IDisposable> _owned = [];
    private AsyncServiceScope? _scope;
    private IConfigurationRoot? _configuration;
    private bool _disposed;

    public SharedServices Shared => version.Factory.Shared;

    /// <summary>The category of what a script logs.</summary>
    public static string LogCategory(string scriptId) => $"PluginHost.Scripts.{scriptId}";

    /// <summary>Whether there is nothing of the application or of the script to dispose, which may take its time.</summary>
    public bool OwnsNothing
    {
        get
        {
            lock (_lock)
            {
                return _scope is null && _owned.Count == 0;
            }
        }
    }

    public object? GetService(Type serviceType)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return IsShared(serviceType) ? AppServices().GetService(serviceType) : GetOwn(serviceType);
        }
    }

    public object? GetKeyedService(Type serviceType, object? serviceKey)
    {
        if (serviceKey is null)
        {
            return GetService(serviceType);
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return IsShared(serviceType) ? (AppServices() as IKeyedServiceProvider)?.GetKeyedService(serviceType, serviceKey) : null;
        }
    }

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
        GetKeyedService(serviceType, serviceKey)
            ?? throw new InvalidOperationException($"The host shares no service '{TypeDisplay.Name(serviceType)}' with the key '{serviceKey}' with scripts.");

    public bool IsService(Type serviceType)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return IsShared(serviceType)
                ? AppServices().GetService<IServiceProviderIsService>()?.IsService(serviceType) ?? true
                : IsOwn(serviceType);
        }
    }

    public bool IsKeyedService(Type serviceType, object? serviceKey)
    {
        if (serviceKey is null)
        {
            return IsService(serviceType);
        }

        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return IsShared(serviceType) && (AppServices().GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(serviceType, serviceKey) ?? true);
        }
    }

    /// <summary>Services of a scope within the run, for a script that works through many things one by one.</summary>
    public IServiceScope CreateScope() => new Scope(version.CreateScope(scriptId, loggers));

    public async ValueTask DisposeAsync()
    {
        AsyncServiceScope? scope;
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            scope = _scope;
        }

        version.Closed(this);

        foreach (var owned in _owned)
        {
            owned.Dispose();
        }

        if (scope is { } used)
        {
            await used.DisposeAsync();
        }
    }

    private bool IsShared(Type type) => Shared.Contains(type) || (Element(type) is { } element && Shared.Contains(element));

    private static Type? Element(Type type) =>
        type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(IEnumerable<>) ? type.GenericTypeArguments[0] : null;

    private static bool IsTypedLogger(Type type) => type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(ILogger<>);

    private static bool IsOwn(Type type) =>
        IsTypedLogger(type)
        || type == typeof(ILogger) || type == typeof(ILoggerFactory) || type == typeof(IConfiguration) || type == typeof(HttpClient)
        || type == typeof(TimeProvider) || type == typeof(IServiceProvider) || type == typeof(IServiceScopeFactory)
        || type == typeof(IServiceProviderIsService) || type == typeof(IServiceProviderIsKeyedService);

    private object? GetOwn(Type type)
    {
        if (IsTypedLogger(type))
        {
            return Activator.CreateInstance(typeof(Logger<>).MakeGenericType(type.GenericTypeArguments), loggers);
        }

        return type switch
        {
            _ when type == typeof(ILogger) => loggers.CreateLogger(LogCategory(scriptId)),
            _ when type == typeof(ILoggerFactory) => loggers,
            _ when type == typeof(IConfiguration) => Configuration(),
            _ when type == typeof(HttpClient) => Own(version.Factory.CreateHttpClient()),
            _ when type == typeof(TimeProvider) => version.Factory.Time,
            _ => IsOwn(type) ? this : null,
        };
    }

    private IServiceProvider AppServices() => (_scope ??= version.Factory.CreateScope()).ServiceProvider;

    private IConfigurationRoot Configuration()
    {
        if (_configuration is null)
        {
            _configuration = version.Factory.ReadConfiguration(scriptId);
            _owned.Add((IDisposable)_configuration);
        }

        return _configuration;
    }

    private HttpClient Own(HttpClient client)
    {
        _owned.Add(client);
        return client;
    }

    private sealed class Scope(ScriptServices services) : IServiceScope, IAsyncDisposable
    {
        public IServiceProvider ServiceProvider => services;

        public ValueTask DisposeAsync() => services.DisposeAsync();

        // As in the framework's own container, a service that can only be disposed asynchronously fails here.
        public void Dispose() => services.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
