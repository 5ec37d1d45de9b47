using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using McMaster.NETCore.Plugins;
using PluginHost.Artifacts;
using PluginHost.Scripts;

namespace PluginHost.Loading;

/// <summary>A version that is to be unloaded.</summary>
internal sealed class PendingUnload(PluginArtifact artifact, PluginLoader loader, VersionServices? services)
{
    private PluginLoader? _loader = loader;
    private VersionServices? _services = services;

    public string PluginId { get; } = artifact.PluginId;

    public string Version { get; } = artifact.Version;

    /// <summary>Ends what its scripts have left open.</summary>
    /// <returns>Why that failed, or null.</returns>
    public async Task<string?> CloseAsync(TimeSpan limit, TimeProvider time)
    {
        if (Interlocked.Exchange(ref _services, null) is not { } services)
        {
            return null;
        }

        try
        {
            // On another thread: what blocks there must not block the unloading of other versions.
            await Task.Run(() => services.DisposeAsync().AsTask()).WaitAsync(limit, time);
            return null;
        }
        catch (TimeoutException)
        {
            return $"It took longer than {limit} (PluginHost:Unload:DisposeTimeout).";
        }
        catch (Exception failure)
        {
            return ExceptionText.Describe(failure);
        }
    }

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
    // The inspector of the ready host reads these two from outside, by their names: it finds the context that a leaked
    // version has by them. See PluginHost.App/Inspection.
    private readonly string _id = $"{pluginId} {version}";
    private readonly WeakReference _context = context;

    private readonly int _collectionsBefore = GC.CollectionCount(2);

    public string PluginId { get; } = pluginId;

    public string Version { get; } = version;

    /// <summary>The plugin's id and the version's, with a space between.</summary>
    public string Id => _id;

    public DateTimeOffset Since { get; } = since;

    public bool IsAlive => _context.IsAlive;

    public bool IsLeaked { get; private set; }

    /// <summary>What was found to hold it, when somebody has looked.</summary>
    public LeakExplanation? Explanation { get; set; }

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
