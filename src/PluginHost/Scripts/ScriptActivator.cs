namespace PluginHost.Scripts;

/// <summary>A script cannot be constructed, because the host has no service that its constructor asks for.</summary>
/// <param name="problems">Which, and what to do, one sentence or more for each.</param>
internal sealed class ScriptActivationException(IReadOnlyList<string> problems) : Exception(string.Join(" ", problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Constructs and disposes scripts.</summary>
/// <remarks>Remembers nothing about a type, so that plugins can leave memory.</remarks>
internal static class ScriptActivator
{
    /// <summary>Constructs a script by the longest of its public constructors that can be served.</summary>
    /// <param name="type">Its class.</param>
    /// <param name="constructors">Those of the class; whoever keeps them keeps the class.</param>
    /// <param name="services">What it may ask for.</param>
    /// <exception cref="ScriptActivationException">None can be served. What a constructor throws comes as it is.</exception>
    public static IScript Create(Type type, IReadOnlyList<ScriptConstructor> constructors, ScriptServices services)
    {
        var problems = new List<string>();
        foreach (var constructor in constructors)
        {
            if (constructor.TryGetArguments(services, problems, out var arguments))
            {
                return constructor.Invoke(arguments);
            }
        }

        throw new ScriptActivationException(problems.Count > 0
            ? [.. problems.Distinct()]
            : [$"{TypeDisplay.Name(type)} has no public constructor. Make one public, or remove them all."]);
    }

    /// <summary>Disposes a script that can be disposed.</summary>
    /// <remarks>
    /// Throws what the script throws. Whoever awaits this goes on outside the plugin's code: as long as a method of
    /// the plugin is on the stack, the plugin stays in memory.
    /// </remarks>
    public static async ValueTask DisposeAsync(object instance)
    {
        switch (instance)
        {
            case IAsyncDisposable disposable:
                try
                {
                    await disposable.DisposeAsync();
                }
                finally
                {
                    await Task.Yield();
                }

                break;

            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}
