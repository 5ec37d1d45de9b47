using Microsoft.Diagnostics.Runtime;

namespace PluginHost.App.Inspection;

/// <summary>The load context of an unloaded version in another process.</summary>
/// <remarks>
/// What keeps such a context is whatever refers to its loader allocator: an object of one of its types, a Type or a
/// method of it, or a thread that is in its code.
/// </remarks>
internal sealed class LeakedContext(ClrRuntime runtime, ulong address)
{
    // Of the engine: what it remembers of each version that was unloaded. A test keeps these names true.
    private const string RecordType = "PluginHost.Loading.UnloadedVersion";
    private const string IdField = "_id";
    private const string ContextField = "_context";

    private readonly Dictionary<ulong, bool> _types = [];
    private readonly HashSet<ulong> _allocators =
    [
        .. runtime.EnumerateModules()
            .Select(module => module.EnumerateTypeDefToMethodTableMap().Select(entry => runtime.GetTypeByMethodTable(entry.MethodTable)).FirstOrDefault(type => type is not null))
            .Where(type => type is { IsCollectible: true, LoaderAllocatorHandle: not 0 } && type.AssemblyLoadContextAddress == address)
            .Select(type => runtime.DataTarget.DataReader.ReadPointer(type!.LoaderAllocatorHandle)),
    ];

    /// <summary>Finds the contexts of a version that are still there.</summary>
    /// <param name="runtime">The runtime of the other process.</param>
    /// <param name="id">The id of the plugin and of the version, as the engine's record has them.</param>
    public static IReadOnlyList<LeakedContext> Find(ClrRuntime runtime, string id) =>
    [
        .. runtime.Heap.EnumerateObjects()
            .Where(found => found.Type?.Name == RecordType && found.ReadStringField(IdField) == id)
            .Select(record => Target(runtime, record.ReadObjectField(ContextField)))
            .Where(context => context != 0)
            .Select(context => new LeakedContext(runtime, context)),
    ];

    /// <summary>Whether an object is the context's own: who refers to it keeps the context.</summary>
    public bool Owns(ClrObject found)
    {
        if (_allocators.Contains(found.Address))
        {
            return true;
        }

        if (found.Type is not { } type)
        {
            return false;
        }

        if (!_types.TryGetValue(type.MethodTable, out var owns))
        {
            _types[type.MethodTable] = owns = Owns(type);
        }

        return owns;
    }

    /// <summary>Whether code is the context's own.</summary>
    public bool Owns(ClrMethod? method) => method?.Type is { } type && Owns(type);

    /// <summary>The name of an object's type, and behind a colon that of the framework that it is derived from.</summary>
    public string NameOf(ClrObject found)
    {
        var framework = found.Type?.BaseType;
        while (framework is not null && Owns(framework))
        {
            framework = framework.BaseType;
        }

        return $"{found.Type?.Name ?? "?"}{(framework?.Name is null or "System.Object" or "System.ValueType" or "System.Enum" ? "" : RootCauses.DerivedFrom + framework.Name)}";
    }

    private bool Owns(ClrType type) =>
        type is { IsCollectible: true, LoaderAllocatorHandle: not 0 } && _allocators.Contains(runtime.DataTarget.DataReader.ReadPointer(type.LoaderAllocatorHandle));

    // A WeakReference has the address of its handle, and in the two lowest bits what kind it is of.
    private static ulong Target(ClrRuntime runtime, ClrObject reference) =>
        runtime.DataTarget.DataReader.ReadPointer((ulong)reference.ReadField<nint>("_taggedHandle") & ~3UL);
}
