using System.Reflection;
using System.Reflection.Metadata;

namespace PluginHost.Loading;

/// <summary>Empties the caches of the runtime and its libraries that remember types, and with them unloaded plugins.</summary>
/// <remarks>
/// A library with such a cache, System.Text.Json for one, names a class that empties it when code is edited under a
/// debugger. Nothing says that a debugger has to be the one who asks.
/// </remarks>
internal static class RuntimeCaches
{
    /// <summary>Empties them all. Call it outside a plugin's code, after unloading. They fill again as they are used.</summary>
    /// <returns>How many caches could not be emptied.</returns>
    public static int Clear() =>
        AppDomain.CurrentDomain.GetAssemblies()
            .Where(assembly => !assembly.IsCollectible && !assembly.IsDynamic)
            .SelectMany(Handlers)
            .Count(handler => !TryClear(handler)) + TypeCaches.Forget();

    private static IEnumerable<Type> Handlers(Assembly assembly)
    {
        try
        {
            return [.. assembly.GetCustomAttributes<MetadataUpdateHandlerAttribute>().Select(attribute => attribute.HandlerType)];
        }
        catch (Exception)
        {
            // An assembly whose attributes cannot be read, because something they refer to is missing, offers no handler.
            return [];
        }
    }

    private static bool TryClear(Type handler)
    {
        try
        {
            // Null stands for all types. A handler without this method has no cache.
            handler
                .GetMethod("ClearCache", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static, [typeof(Type[])])
                ?.Invoke(null, [null]);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
