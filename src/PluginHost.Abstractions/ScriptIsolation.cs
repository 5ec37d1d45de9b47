namespace PluginHost;

/// <summary>Where a script runs, and so what it can take with it when it goes wrong.</summary>
public enum ScriptIsolation
{
    /// <summary>In the host's process: nothing is faster, and the services that the application shares are there.</summary>
    Host,

    /// <summary>In a worker process of the plugin's version.</summary>
    /// <remarks>
    /// A stack overflow, <c>Environment.Exit</c> or too much memory ends the worker and the runs in it, never the
    /// host; a script that does not stop when it is cancelled is ended. The contract is the same, but for the services
    /// that the application shares: a script that asks for one in its constructor is rejected when it is loaded. The first
    /// run waits until the worker has started, some tenths of a second, and each worker takes memory of its own.
    /// </remarks>
    Process,
}
