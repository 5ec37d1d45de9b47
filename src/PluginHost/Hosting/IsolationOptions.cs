namespace PluginHost;

/// <summary>Which scripts run in worker processes, and what these may take.</summary>
public sealed class IsolationOptions
{
    /// <summary>Where scripts run that do not ask for more themselves.</summary>
    /// <value>The default is <see cref="ScriptIsolation.Host"/>.</value>
    public ScriptIsolation Default { get; set; }

    /// <summary>Ids of plugins and of scripts that run in a worker process whatever they say themselves.</summary>
    /// <value>Compared without case. The default is none. There is no list of those that must not: a script's own wish for isolation counts.</value>
    public IList<string> Process { get; set; } = [];

    /// <summary>Whether each run gets a worker process of its own, so that one that goes wrong ends no other.</summary>
    /// <value>The default is false: the runs of a version share one. With true each run first waits for its process to start.</value>
    public bool WorkerPerRun { get; set; }

    /// <summary>How long a worker may take from its start until it has loaded its plugin.</summary>
    /// <value>1 second to 10 minutes. The default is 30 seconds.</value>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a worker without runs is kept. The next run starts another one.</summary>
    /// <value>0 to 1 day. The default is 10 minutes.</value>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How much memory a worker and all that it starts may take.</summary>
    /// <value>
    /// In bytes, 64 MiB or more. The default is null: no limit. The .NET heap of the worker is always bounded by it, so
    /// that the script sees <see cref="OutOfMemoryException"/>; all else is bounded where the system lets the host do so:
    /// by cgroup v2 on Linux, by a job object on Windows.
    /// </value>
    public long? MaxMemoryBytes { get; set; }

    /// <summary>How many processors a worker and all that it starts may use together.</summary>
    /// <value>0.01 to 1,024. The default is null: all. Enforced by cgroup v2 on Linux and by a job object on Windows, where the host may.</value>
    public double? MaxCpus { get; set; }

    /// <summary>Names of environment variables that workers may see, beyond the few that .NET needs.</summary>
    /// <value>Everything else is withheld, so that the host's own secrets are not there to read. The default is none.</value>
    public IList<string> PassEnvironment { get; set; } = [];
}
