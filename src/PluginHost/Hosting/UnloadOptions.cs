namespace PluginHost;

/// <summary>How versions that were replaced leave memory, and what is done about those that do not.</summary>
public sealed class UnloadOptions
{
    /// <summary>Whether caches of the runtime that hold on to types of an unloaded version are cleared.</summary>
    /// <value>
    /// The default is true. It lets versions go that use System.Text.Json, TypeDescriptor (and with it Newtonsoft.Json) or
    /// DataAnnotations' Validator. The cost is that the whole process, the application around the host included, fills
    /// the caches of System.Text.Json and its like anew after each swap: some milliseconds, once. Without it such
    /// versions stay in memory.
    /// </value>
    public bool ClearCaches { get; set; } = true;

    /// <summary>Whether each version gets a copy of its own of Microsoft.CSharp, when it uses <c>dynamic</c>.</summary>
    /// <value>
    /// The default is true. That library never forgets a type that <c>dynamic</c> was used on, so that a version which
    /// shares it with the host stays in memory. The cost is that the copy is compiled anew for each version: the first
    /// use of <c>dynamic</c> takes some hundred milliseconds.
    /// </value>
    public bool PrivateDynamic { get; set; } = true;

    /// <summary>How the garbage collector is asked to collect unloaded versions.</summary>
    /// <value>The default is <see cref="CollectMode.Background"/>.</value>
    public CollectMode Collect { get; set; } = CollectMode.Background;

    /// <summary>How long disposing of what a version's scripts have left open may take before it is unloaded all the same.</summary>
    /// <value>100 milliseconds to 10 minutes. The default is 10 seconds.</value>
    public TimeSpan DisposeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>From how many unloaded versions of one plugin in memory on the host asks for attention, with advice.</summary>
    /// <value>1 or more, and not more than <see cref="MaxLeaked"/>. The default is 10.</value>
    public int WarnAtLeaked { get; set; } = 10;

    /// <summary>How many unloaded versions of one plugin may stay in memory. At that, further versions of it are rejected until some leave, or the host is restarted.</summary>
    /// <value>1 or more. The default is 100.</value>
    public int MaxLeaked { get; set; } = 100;

    /// <summary>The <c>pluginhost</c> tool, which looks into this process for what holds a version in memory: an executable, or its .dll.</summary>
    /// <value>The default is null: the ready host uses itself; in an app of your own it cannot be asked until this is set.</value>
    public string? Inspector { get; set; }

    /// <summary>How long that look may take. The process stands still meanwhile.</summary>
    /// <value>1 second to 10 minutes. The default is 30 seconds.</value>
    public TimeSpan InspectTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>How the garbage collector is asked to collect unloaded versions.</summary>
public enum CollectMode
{
    /// <summary>Not at all: a version leaves when the application happens to collect, and a leak is known some full collections later.</summary>
    Never,

    /// <summary>A few full collections after each unload, in the background: the application goes on.</summary>
    Background,

    /// <summary>The same, and all threads wait for each. With gigabytes in memory that is a second or more.</summary>
    Blocking,
}
