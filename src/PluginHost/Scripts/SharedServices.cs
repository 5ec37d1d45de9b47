using System.Collections.Frozen;

namespace PluginHost.Scripts;

/// <summary>A service of the application that scripts may ask for. Registered once for each <c>Share&lt;T&gt;()</c>.</summary>
internal sealed record SharedService(Type Type);

/// <summary>The services of the application that scripts may ask for.</summary>
internal sealed class SharedServices(IEnumerable<SharedService> services)
{
    /// <summary>What there is in a worker process.</summary>
    public static readonly SharedServices NoneInWorkers = new([]) { AreOutOfReach = true };

    private readonly FrozenSet<Type> _types = services.Select(service => service.Type).ToFrozenSet();

    public IReadOnlyCollection<Type> Types => _types;

    /// <summary>Whether there are none because the script does not run in the application's process.</summary>
    public bool AreOutOfReach { get; private init; }

    public bool Contains(Type service) => _types.Contains(service);

    /// <summary>The shared service of the same name as a type that the plugin has from elsewhere, or null.</summary>
    public Type? FindNamesake(Type type) => _types.FirstOrDefault(shared => shared != type && shared.FullName == type.FullName);
}
