using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;
using PluginHost.Loading;
using PluginHost.Scripts;
using PluginHost.Swapping;
using PluginHost.Telemetry;

namespace PluginHost.Running;

/// <summary>Takes the exceptions of plugins that nothing handles: on threads of their own, in timers, in async void methods, in finalizers.</summary>
/// <remarks>The process would end of them. Its runtime takes one handler for all its life, so the instances share it.</remarks>
internal sealed partial class UnhandledExceptions : IHostedService
{
    private static readonly Lock Installing = new();
    private static readonly ConcurrentDictionary<UnhandledExceptions, bool> Listening = new();
    private static bool s_installed;

    private readonly PluginContexts _contexts;
    private readonly ConsoleCapture _console;
    private readonly LiveRegistry _live;
    private readonly HostProblems _problems;
    private readonly bool _survive;
    private readonly Counter<long> _counter;
    private readonly ILogger<UnhandledExceptions> _logger;
    private readonly ConcurrentDictionary<PluginVersionName, int> _counts = new();

    public UnhandledExceptions(
        PluginContexts contexts, ConsoleCapture console, LiveRegistry live, HostProblems problems, IMeterFactory meters, IOptions<PluginHostOptions> options, ILogger<UnhandledExceptions> logger)
    {
        (_contexts, _console, _live, _problems, _survive, _logger) = (contexts, console, live, problems, options.Value.Runs.SurviveUnhandledExceptions, logger);
        _counter = meters.Create(PluginHostTelemetry.MeterName).CreateCounter<long>(
            "pluginhost.unhandled_exceptions", "{exception}", "Exceptions of plugins that nothing handled.");
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Listening[this] = true;
        TaskScheduler.UnobservedTaskException += TakeUnobserved;
        _live.Swapped += Forget;
        if (_survive && !Install())
        {
            LogTaken();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _live.Swapped -= Forget;
        TaskScheduler.UnobservedTaskException -= TakeUnobserved;
        Listening.TryRemove(this, out _);
        return Task.CompletedTask;
    }

    private static bool Install()
    {
        lock (Installing)
        {
            if (s_installed)
            {
                return true;
            }

            try
            {
                ExceptionHandling.SetUnhandledExceptionHandler(exception => Listening.Keys.Any(listener => listener._survive && listener.Take(exception, "unhandled")));
                return s_installed = true;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }

    private void TakeUnobserved(object? sender, UnobservedTaskExceptionEventArgs unobserved) => Take(unobserved.Exception, "unobserved");

    /// <returns>Whether it is a plugin's, so that the process goes on.</returns>
    private bool Take(Exception exception, string kind)
    {
        try
        {
            if (_contexts.Find(exception) is not { } thrower)
            {
                return false;
            }

            // Only text stays: a kept exception keeps the plugin in memory.
            var text = ExceptionText.FullText(exception);
            _counter.Add(1, new(Names.Plugin, thrower.Plugin), new("pluginhost.exception.kind", kind));
            _console.Current?.Invoke("ERR", $"Nothing handled this exception ({kind}): {text}");
            LogUnhandled(thrower.Plugin, thrower.Version, kind, text);
            Tell(thrower, ExceptionText.Describe(exception));
            return true;
        }
        catch (Exception)
        {
            // Whatever fails here must not be what ends the process.
            return false;
        }
    }

    private void Tell(PluginVersionName thrower, string last)
    {
        var count = _counts.AddOrUpdate(thrower, 1, (_, before) => before + 1);
        if (IsLive(thrower))
        {
            _problems.Set(Key(thrower), string.Create(
                CultureInfo.InvariantCulture,
                $"Version {thrower.Version} of plugin '{thrower.Plugin}' threw {count} {(count == 1 ? "exception" : "exceptions")} outside of its runs that nothing handled, the last: {last} Look for async void methods, timers, threads and tasks that nobody awaits."));
        }
    }

    private bool IsLive(PluginVersionName name) => _live.Current.Plugins.GetValueOrDefault(name.Plugin)?.Version.Id == name.Version;

    private void Forget(LiveSnapshot before, LiveSnapshot now)
    {
        foreach (var name in _counts.Keys.Where(name => !IsLive(name)))
        {
            _problems.Set(Key(name), null);
            _counts.TryRemove(name, out _);
        }
    }

    private static string Key(PluginVersionName name) => $"unhandled {name.Plugin} {name.Version}";

    [LoggerMessage(EventId = 730, Level = LogLevel.Error, Message = "Plugin '{PluginId}', version '{Version}', threw an exception that nothing handled ({Kind}). {Exception}")]
    private partial void LogUnhandled(string pluginId, string version, string kind, string exception);

    [LoggerMessage(EventId = 731, Level = LogLevel.Error, Message = "PluginHost:Runs:SurviveUnhandledExceptions is set, but something else in this process handles unhandled exceptions already, and there can be one. So an exception that a script throws on a thread of its own ends the process.")]
    private partial void LogTaken();
}
