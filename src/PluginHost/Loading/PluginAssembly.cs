using System.Reflection;
using McMaster.NETCore.Plugins;

namespace PluginHost.Loading;

/// <summary>Opens a plugin's assembly in a load context of its own, in the host and in workers.</summary>
internal static class PluginAssembly
{
    /// <param name="path">The plugin's assembly.</param>
    /// <param name="shared">The names of assemblies of which it has no copy of its own.</param>
    /// <param name="isUnloadable">Whether it is to leave memory again, which makes its code a little slower.</param>
    public static PluginLoader Open(string path, IEnumerable<string> shared, bool isUnloadable) =>
        // Not McMaster's hot reload: it unloads the old version before the new one is proven. Each version gets a
        // loader of its own here, over a folder that never changes.
        PluginLoader.CreateFromAssemblyFile(path, config =>
        {
            config.IsUnloadable = isUnloadable;
            foreach (var name in shared)
            {
                config.SharedAssemblies.Add(new AssemblyName(name));
            }
        });

    /// <exception cref="TypeLoadException">Some of its types cannot be loaded.</exception>
    public static IEnumerable<Type> Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException failure)
        {
            var reasons = failure.LoaderExceptions.OfType<Exception>().Select(reason => reason.Message).Distinct();
            throw new TypeLoadException(string.Join(" ", reasons));
        }
    }
}
