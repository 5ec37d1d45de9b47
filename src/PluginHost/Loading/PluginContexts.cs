using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using PluginHost.Artifacts;

namespace PluginHost.Loading;

/// <summary>A version of a plugin, by name alone.</summary>
internal sealed record PluginVersionName(string Plugin, string Version);

/// <summary>Tells whose code something is: of which version of which plugin, live or not. Keeps none of them in memory.</summary>
internal sealed class PluginContexts
{
    private readonly ConditionalWeakTable<AssemblyLoadContext, PluginVersionName> _names = [];

    public void Add(Assembly assembly, PluginArtifact artifact)
    {
        if (AssemblyLoadContext.GetLoadContext(assembly) is { } context)
        {
            _names.AddOrUpdate(context, new PluginVersionName(artifact.PluginId, artifact.Version));
        }
    }

    /// <summary>The version whose code threw an exception, or was called on the way; null when there is none.</summary>
    public PluginVersionName? Find(Exception exception) =>
        Of(exception) ?? (exception is AggregateException many ? many.InnerExceptions.Select(Find).FirstOrDefault(found => found is not null)
            : exception.InnerException is { } inner ? Find(inner) : null);

    private PluginVersionName? Of(Exception exception) =>
        new StackTrace(exception).GetFrames().Select(frame => frame.GetMethod()?.Module.Assembly).OfType<Assembly>().Append(exception.GetType().Assembly)
            .Select(assembly => AssemblyLoadContext.GetLoadContext(assembly) is { } context && _names.TryGetValue(context, out var name) ? name : null)
            .FirstOrDefault(name => name is not null);
}
