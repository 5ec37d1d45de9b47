namespace PluginHost.Processes;

/// <summary>Bounds what processes may take, by means of the system.</summary>
internal interface IProcessLimiter : IDisposable
{
    /// <summary>Bounds a process and all that it starts from now on.</summary>
    /// <returns>Dispose of it when the process has ended.</returns>
    /// <exception cref="IOException">The system refuses.</exception>
    IDisposable Limit(int process);
}
