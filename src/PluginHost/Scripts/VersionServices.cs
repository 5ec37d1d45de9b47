using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace PluginHost.Scripts;

/// <summary>The services of one version of a plugin: each run has a scope of them, and all end with the version.</summary>
/// <remarks>
/// The scopes hold no types: what is looked up for a script is remembered nowhere, so that there is nothing to free but
/// the scopes themselves. A script may leave some open that it made; they hold services of the application.
/// </remarks>
internal sealed class VersionServices(ScriptServicesFactory factory) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ScriptServices, bool> _open = new();
    private volatile bool _disposed;

    public ScriptServicesFactory Factory { get; } = factory;

    /// <summary>How many scopes are open.</summary>
    public int OpenScopes => _open.Count;

    /// <summary>Makes the scope of a run, or one within it.</summary>
    /// <param name="scriptId">The script.</param>
    /// <param name="loggers">Write to the log of the run. Whoever made them disposes them.</param>
    /// <returns>Services to dispose when the run has ended.</returns>
    /// <exception cref="ObjectDisposedException">The version is unloaded: somebody has kept services of one of its runs.</exception>
    public ScriptServices CreateScope(string scriptId, ILoggerFactory loggers)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var scope = new ScriptServices(this, scriptId, loggers);
        _open[scope] = true;
        return scope;
    }

    public void Closed(ScriptServices scope) => _open.TryRemove(scope, out _);

    /// <summary>Ends the scopes that were left open, also when some of them fail.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;

        // Each on a thread of its own: one that blocks keeps no other from its end.
        await Task.WhenAll(_open.Keys.Select(scope => Task.Run(() => scope.DisposeAsync().AsTask())));
    }
}
