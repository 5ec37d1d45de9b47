namespace PluginHost;

/// <summary>What holds an unloaded version in memory.</summary>
/// <param name="Plugin">The plugin's id.</param>
/// <param name="Version">The version's id.</param>
/// <param name="InspectedAt">When the process was looked into.</param>
/// <param name="PausedMs">For how long the process stood still for that, in milliseconds.</param>
/// <param name="Roots">What holds it, at most ten; none when it has left meanwhile.</param>
public sealed record LeakExplanation(string Plugin, string Version, DateTimeOffset InspectedAt, long PausedMs, IReadOnlyList<LeakRoot> Roots);

/// <summary>One thing that holds an unloaded version in memory.</summary>
/// <param name="Kind">Where it begins: a static field, the stack of a thread, a GC handle, …</param>
/// <param name="Holder">The method that a thread is in; null for other roots.</param>
/// <param name="Cause">What it is, in one line.</param>
/// <param name="Advice">What to do about it.</param>
/// <param name="Chain">The names of the types from there to the version, each of which refers to the next.</param>
public sealed record LeakRoot(LeakRootKind Kind, string? Holder, string Cause, string Advice, IReadOnlyList<string> Chain);

/// <summary>Where what holds a version begins.</summary>
public enum LeakRootKind
{
    /// <summary>A static field of the host, the framework or a shared library.</summary>
    StaticField,

    /// <summary>A local variable or a method on the stack of a thread.</summary>
    Stack,

    /// <summary>A GC handle: of a plugin's own making, or of a timer, a wait or native code.</summary>
    Handle,

    /// <summary>Something that waits for its finalizer; the next collections may end that.</summary>
    Finalizer,
}
