using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using McMaster.NETCore.Plugins;

namespace PluginHost.Loading;

/// <summary>A version that is to be unloaded.</summary>
internal sealed class PendingUnload(string pluginId, string version, PluginLoader loader)
{
    private PluginLoader? _loader = loader;

    public string PluginId { get; } = pluginId;

    public string Version { get; } = version;

    /// <summary>Unloads it, and forgets everything that would keep it in memory.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public UnloadedVersion Unload(DateTimeOffset now)
    {
        var loader = Interlocked.Exchange(ref _loader, null) ?? throw new InvalidOperationException("It is unloaded already.");
        var context = new WeakReference(LoadContext(loader), trackResurrection: true);
        loader.Dispose();
        return new UnloadedVersion(PluginId, Version, now, context);
    }

    private static AssemblyLoadContext? LoadContext(PluginLoader loader)
    {
        try
        {
            return AssemblyLoadContext.GetLoadContext(loader.LoadDefaultAssembly());
        }
        catch (Exception failure) when (failure is BadImageFormatException or IOException)
        {
            // It could not be loaded in the first place, so there is nothing to watch.
            return null;
        }
    }
}

/// <summary>A version that was unloaded, known by a reference that does not keep it.</summary>
internal sealed class UnloadedVersion(string pluginId, string version, DateTimeOffset since, WeakReference context)
{
    private readonly int _collectionsBefore = GC.CollectionCount(2);

    public string PluginId { get; } = pluginId;

    public string Version { get; } = version;

    public DateTimeOffset Since { get; } = since;

    public bool IsAlive => context.IsAlive;

    public bool IsLeaked { get; private set; }

    /// <summary>Whether it turns out now that it leaks: it is alive after as many full collections as it takes.</summary>
    public bool LeaksNow(int collectionsAllowed)
    {
        if (IsLeaked || !IsAlive || GC.CollectionCount(2) - _collectionsBefore < collectionsAllowed)
        {
            return false;
        }

        IsLeaked = true;
        return true;
    }
}
