using Microsoft.Diagnostics.Runtime;

namespace PluginHost.App.Inspection;

/// <summary>A way from a root to an object of a leaked context.</summary>
/// <param name="Kind">Where it begins.</param>
/// <param name="Objects">The objects on it, in order.</param>
internal sealed record HeapPath(ClrRootKind Kind, IReadOnlyList<ClrObject> Objects);

/// <summary>Walks the heap of another process from its roots, breadth first, so that the ways it finds are short.</summary>
/// <remarks>
/// Stops at objects of the context: what they refer to among themselves is of no interest, and behind the first way to
/// one of them every other way to it would be lost.
/// </remarks>
internal sealed class HeapWalk(ClrRuntime runtime, LeakedContext context)
{
    // To each object that was reached: from which, or 0 for a root.
    private readonly Dictionary<ulong, ulong> _from = [];
    private readonly Dictionary<ulong, ClrRootKind> _roots = [];
    private readonly Queue<ulong> _open = new();

    /// <summary>The ways to objects of the context, the shortest first.</summary>
    public IEnumerable<HeapPath> Find(CancellationToken cancellationToken)
    {
        foreach (var (root, kind) in Roots().Where(root => root.Object is { IsNull: false, IsValid: true }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (context.Owns(root))
            {
                yield return new HeapPath(kind, [root]);
            }
            else if (_from.TryAdd(root, 0))
            {
                _roots[root] = kind;
                _open.Enqueue(root);
            }
        }

        while (_open.TryDequeue(out var address))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var next in runtime.Heap.GetObject(address).EnumerateReferences(carefully: false, considerDependantHandles: true))
            {
                if (context.Owns(next))
                {
                    yield return Path(address, next);
                }
                else if (_from.TryAdd(next.Address, address))
                {
                    _open.Enqueue(next.Address);
                }
            }
        }
    }

    /// <summary>Objects of the context that no other object refers to: what holds them is a handle.</summary>
    /// <remarks>
    /// With the server's garbage collector the runtime shows a debugger only some of its handles. But since the context
    /// was unloaded the heap has been collected more than once, so that what is still there is held.
    /// </remarks>
    public IEnumerable<ClrObject> FindUnreferenced(CancellationToken cancellationToken)
    {
        var (own, referenced) = (new HashSet<ulong>(), new HashSet<ulong>());
        foreach (var found in runtime.Heap.EnumerateObjects())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (context.Owns(found))
            {
                own.Add(found);
            }

            referenced.UnionWith(found.EnumerateReferences(considerDependantHandles: true).Where(context.Owns).Select(next => next.Address).Where(next => next != found.Address));
        }

        return own.Except(referenced).Select(runtime.Heap.GetObject);
    }

    private IEnumerable<(ClrObject Object, ClrRootKind Kind)> Roots() =>
        runtime.Heap.EnumerateRoots().Where(IsStrong).Select(root => (root.Object, root.RootKind))
            .Concat(runtime.Heap.Segments
                .Where(segment => segment.Kind == GCSegmentKind.Pinned)
                .SelectMany(segment => segment.EnumerateObjects())
                .Where(found => found.Type?.Name == "System.Object[]")
                .Select(statics => (statics, ClrRootKind.StrongHandle)));

    // The newest kinds of handle are unknown to the library, and weak.
    private static bool IsStrong(ClrRoot root) => root is not ClrHandle handle || (handle.IsStrong && handle.HandleKind <= ClrHandleKind.SizedRef);

    private HeapPath Path(ulong last, ClrObject found)
    {
        var objects = new List<ClrObject> { found };
        for (var address = last; ; address = _from[address])
        {
            objects.Insert(0, runtime.Heap.GetObject(address));
            if (_from[address] == 0)
            {
                return new HeapPath(_roots[address], objects);
            }
        }
    }
}
