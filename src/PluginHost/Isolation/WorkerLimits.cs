using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Processes;

namespace PluginHost.Isolation;

/// <summary>Bounds the memory and the processors of workers, as far as the system lets the host do so.</summary>
internal sealed partial class WorkerLimits : IDisposable
{
    private readonly Lazy<IProcessLimiter?> _limiter;
    private readonly IsolationOptions _options;
    private readonly ILogger<WorkerLimits> _logger;
    private volatile string? _shortcoming;

    public WorkerLimits(IOptions<PluginHostOptions> options, ILogger<WorkerLimits> logger)
    {
        (_options, _logger) = (options.Value.Isolation, logger);
        _limiter = new Lazy<IProcessLimiter?>(Find);
    }

    /// <summary>Which limits that the operator has set are not enforced, and why; null when all are.</summary>
    public string? Shortcoming
    {
        get
        {
            _ = _limiter.Value;
            return _shortcoming;
        }
    }

    /// <summary>Bounds a worker.</summary>
    /// <returns>Dispose of it when the worker has ended; null when there is nothing to enforce it with.</returns>
    public IDisposable? Apply(int process)
    {
        try
        {
            return _limiter.Value?.Limit(process);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Tell(failure.Message.TrimEnd('.'));
            return null;
        }
    }

    public void Dispose()
    {
        if (_limiter.IsValueCreated)
        {
            _limiter.Value?.Dispose();
        }
    }

    private IProcessLimiter? Find()
    {
        if (OperatingSystem.IsWindows())
        {
            return new JobObject(_options.MaxMemoryBytes, _options.MaxCpus);
        }

        if (_options is { MaxMemoryBytes: null, MaxCpus: null })
        {
            return null;
        }

        var reason = "this system has no control groups";
        if (OperatingSystem.IsLinux() && Cgroup.Find(_options.MaxMemoryBytes, _options.MaxCpus, out reason) is { } group)
        {
            return group;
        }

        Tell(reason);
        return null;
    }

    private void Tell(string reason)
    {
        var limits = (_options.MaxMemoryBytes, _options.MaxCpus) switch
        {
            (not null, not null) => "PluginHost:Isolation:MaxCpus is not enforced, and MaxMemoryBytes only for the .NET heap",
            (not null, null) => "PluginHost:Isolation:MaxMemoryBytes is enforced only for the .NET heap",
            _ => "PluginHost:Isolation:MaxCpus is not enforced",
        };
        var first = _shortcoming is null;
        _shortcoming = $"{limits}, because {reason}.";
        if (first)
        {
            LogShortcoming(_shortcoming);
        }
    }

    [LoggerMessage(EventId = 724, Level = LogLevel.Warning, Message = "{Shortcoming}")]
    private partial void LogShortcoming(string shortcoming);
}
