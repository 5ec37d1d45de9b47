using System.Diagnostics;
using Microsoft.Diagnostics.Runtime;

namespace PluginHost.App.Inspection;

/// <summary>Looks into another process for what holds a version of a plugin in memory. That process stands still meanwhile.</summary>
/// <remarks>From a process of its own: nobody can suspend themselves, and the engine does without a debugger's library.</remarks>
internal static class HeapInspector
{
    private const int MaxRoots = 10;
    private const int MaxChain = 40;

    /// <summary>Finds what holds a version that was unloaded.</summary>
    /// <param name="processId">A process with a host in it.</param>
    /// <param name="plugin">The plugin's id.</param>
    /// <param name="version">The version's id.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static LeakExplanation Inspect(int processId, string plugin, string version, TimeProvider time, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        IReadOnlyList<LeakRoot> roots;
        using (var target = DataTarget.AttachToProcess(processId, suspend: true))
        using (var runtime = target.ClrVersions[0].CreateRuntime())
        {
            roots =
            [
                .. LeakedContext.Find(runtime, $"{plugin} {version}")
                    .SelectMany(context => Threads(runtime, context).Concat(Objects(runtime, context, cancellationToken)))
                    .DistinctBy(root => (root.Kind, root.Holder, root.Cause))
                    .Take(MaxRoots),
            ];
        }

        return new LeakExplanation(plugin, version, time.GetUtcNow(), watch.ElapsedMilliseconds, roots);
    }

    /// <summary>Threads that are in the version's code, which keeps it even when no variable refers to it.</summary>
    private static IEnumerable<LeakRoot> Threads(ClrRuntime runtime, LeakedContext context) =>
        from thread in runtime.Threads
        let frame = thread.EnumerateStackTrace().FirstOrDefault(frame => context.Owns(frame.Method))
        where frame is not null
        select RootCauses.Explain(LeakRootKind.Stack, NameOf(frame.Method!), []);

    private static IEnumerable<LeakRoot> Objects(ClrRuntime runtime, LeakedContext context, CancellationToken cancellationToken) =>
        Ways(new HeapWalk(runtime, context), cancellationToken).Select(path => RootCauses.Explain(
            Kind(path), null, [.. path.Objects.SkipLast(1).Take(MaxChain).Select(NameOf), context.NameOf(path.Objects[^1])]));

    private static IEnumerable<HeapPath> Ways(HeapWalk walk, CancellationToken cancellationToken)
    {
        var found = false;
        foreach (var path in walk.Find(cancellationToken))
        {
            found = true;
            yield return path;
        }

        foreach (var held in found ? [] : walk.FindUnreferenced(cancellationToken))
        {
            yield return new HeapPath(ClrRootKind.StrongHandle, [held]);
        }
    }

    private static LeakRootKind Kind(HeapPath path) => path.Kind switch
    {
        ClrRootKind.Stack => LeakRootKind.Stack,
        ClrRootKind.FinalizerQueue => LeakRootKind.Finalizer,

        // The runtime keeps the static fields that refer to objects in arrays of its own, each held by a handle.
        _ when path.Objects is [{ Type.Name: "System.Object[]" }, _, ..] => LeakRootKind.StaticField,
        _ => LeakRootKind.Handle,
    };

    // A meter's name says whose it is: of a library in the plugin, as a rule.
    private static string NameOf(ClrObject link) => link.Type?.Name switch
    {
        "System.Diagnostics.Metrics.Meter" when link.TryReadStringField("<Name>k__BackingField", 100, out var name) => $"System.Diagnostics.Metrics.Meter {name}",
        var type => type ?? "?",
    };

    private static string NameOf(ClrMethod method) => $"{method.Type.Name}.{method.Name}";
}
