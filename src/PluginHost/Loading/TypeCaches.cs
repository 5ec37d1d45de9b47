using System.Collections;
using System.Reflection;
using System.Runtime.Loader;

namespace PluginHost.Loading;

/// <summary>Takes the types of unloaded plugins out of caches of the framework that never let go of a type by themselves.</summary>
/// <remarks>
/// TypeDescriptor (which Newtonsoft.Json and many libraries go through) and DataAnnotations' Validator. Their fields are
/// not public, so each is looked up by name, and one that is not as expected is left alone: then a version that has used
/// it stays in memory, as it would without this. dotnet/runtime#30656; in .NET 10.0 it is not mended.
/// </remarks>
internal static class TypeCaches
{
    private const BindingFlags Any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance;

    /// <summary>Removes the types of contexts that were unloaded. Types of live plugins stay where they are.</summary>
    /// <returns>How many caches could not be cleared.</returns>
    public static int Forget()
    {
        var live = AssemblyLoadContext.All.ToHashSet();
        return new Action<HashSet<AssemblyLoadContext>>[] { ForgetInTypeDescriptor, ForgetInValidator }.Count(forget => !Try(forget, live));
    }

    private static bool Try(Action<HashSet<AssemblyLoadContext>> forget, HashSet<AssemblyLoadContext> live)
    {
        try
        {
            forget(live);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    private static void ForgetInTypeDescriptor(HashSet<AssemblyLoadContext> live)
    {
        if (Find("System.ComponentModel.TypeConverter", "System.ComponentModel.TypeDescriptor") is not { } descriptor)
        {
            return;
        }

        Remove(Read(descriptor, null, "s_defaultProviderInitialized"), live);
        Remove(Read(descriptor, null, "s_providerTypeTable"), live);
        var providers = (IDictionary?)Read(descriptor, null, "s_providerTable");
        lock (providers ?? new object())
        {
            foreach (DictionaryEntry entry in providers ?? new Hashtable())
            {
                for (var node = entry.Value; node is not null; node = Read(node.GetType(), node, "Next"))
                {
                    if (Read(node.GetType(), node, "Provider") is { } provider && provider.GetType().Name == "ReflectTypeDescriptionProvider")
                    {
                        Remove(Read(provider.GetType(), provider, "_typeData"), live);
                    }
                }
            }
        }

        var reflecting = Find("System.ComponentModel.TypeConverter", "System.ComponentModel.ReflectTypeDescriptionProvider");
        foreach (var cache in new[] { "s_propertyCache", "s_eventCache", "s_attributeCache", "s_extendedPropertyCache" })
        {
            Remove(Read(reflecting, null, cache), live);
        }
    }

    private static void ForgetInValidator(HashSet<AssemblyLoadContext> live)
    {
        if (Find("System.ComponentModel.Annotations", "System.ComponentModel.DataAnnotations.ValidationAttributeStore") is { } store)
        {
            Remove(Read(store, Read(store, null, "<Instance>k__BackingField"), "_typeStoreItems"), live);
        }
    }

    /// <summary>The type, when its assembly is loaded: what nobody has used remembers nothing.</summary>
    private static Type? Find(string assembly, string type) =>
        AssemblyLoadContext.Default.Assemblies.FirstOrDefault(loaded => loaded.GetName().Name == assembly)?.GetType(type);

    private static object? Read(Type? type, object? instance, string field) => type?.GetField(field, Any)?.GetValue(instance);

    private static void Remove(object? cache, HashSet<AssemblyLoadContext> live)
    {
        if (cache is not IDictionary types)
        {
            return;
        }

        // The framework itself takes the Hashtables' monitor where it writes; a ConcurrentDictionary needs none.
        lock (cache)
        {
            foreach (var type in types.Keys.Cast<object>().OfType<Type>().Where(type => IsUnloaded(type, live)).ToList())
            {
                types.Remove(type);
            }
        }
    }

    private static bool IsUnloaded(Type type, HashSet<AssemblyLoadContext> live)
    {
        if (!type.IsCollectible)
        {
            return false;
        }

        // A list of a plugin's type is a type of the framework that goes with the plugin.
        if (type.HasElementType)
        {
            return IsUnloaded(type.GetElementType()!, live);
        }

        return AssemblyLoadContext.GetLoadContext(type.Assembly) is not { } context || !live.Contains(context)
            || (type.IsConstructedGenericType && type.GenericTypeArguments.Any(argument => IsUnloaded(argument, live)));
    }
}
