using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace PluginHost.Hosting.Settings;

/// <summary>Takes over settings that were changed in the configuration while the host runs: those that may, and none while there is a mistake in any.</summary>
/// <remarks>Everybody reads them from the one object that is in force, each time, so they are changed there.</remarks>
internal sealed partial class LiveSettings(
    IOptions<PluginHostOptions> inForce, IOptionsFactory<PluginHostOptions> factory, IEnumerable<IOptionsChangeTokenSource<PluginHostOptions>> sources, HostProblems problems, ILogger<LiveSettings> logger)
    : IHostedService, IDisposable
{
    private const string Problem = "settings";

    private readonly Lock _lock = new();
    private List<IDisposable> _watched = [];
    private string _told = "";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _watched = [.. sources.Select(source => ChangeToken.OnChange(source.GetChangeToken, TakeOver))];
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _watched.ForEach(watch => watch.Dispose());
        _watched = [];
    }

    // A file that is saved tells of it more than once.
    private void TakeOver()
    {
        lock (_lock)
        {
            PluginHostOptions changed;
            try
            {
                changed = factory.Create(Options.DefaultName);
            }
            catch (Exception failure) when (failure is OptionsValidationException or InvalidOperationException)
            {
                var mistakes = failure is OptionsValidationException { Failures: var all } ? string.Join(" ", all) : failure.Message;
                if (problems.Set(Problem, $"The settings were changed, and there is a mistake in them, so those from before hold until it is mended; a host that is started with them does not start. {mistakes}"))
                {
                    LogMistakes(mistakes);
                }

                return;
            }

            problems.Set(Problem, null);
            Apply(changed);
        }
    }

    private void Apply(PluginHostOptions changed)
    {
        var current = inForce.Value;
        var before = Read(current);
        current.Retention = changed.Retention;
        var (to, from) = (current.Runs, changed.Runs);
        to.MaxConcurrent = from.MaxConcurrent;
        to.MaxConcurrentPerPlugin = from.MaxConcurrentPerPlugin;
        to.Groups = from.Groups;
        to.DefaultTimeout = from.DefaultTimeout;
        to.CancelGrace = from.CancelGrace;
        to.MaxLogBytes = from.MaxLogBytes;
        to.MaxResultBytes = from.MaxResultBytes;
        to.MaxStateValueBytes = from.MaxStateValueBytes;
        to.MaxStateKeys = from.MaxStateKeys;
        var (now, wanted) = (Read(current), Read(changed));

        if (Differences(before, now) is { Length: > 0 } taken)
        {
            LogTaken(taken);
        }

        var waiting = Differences(now, wanted);
        if (waiting != _told && waiting.Length > 0)
        {
            LogWaiting(waiting);
        }

        _told = waiting;
    }

    // Of what is secret only whether it is set, so that it can be told.
    private static Dictionary<string, string> Read(PluginHostOptions settings) =>
        SettingsInForce.Read(settings, new PluginHostOptions()).ToDictionary(setting => setting.Name, setting => setting.Value, StringComparer.OrdinalIgnoreCase);

    private static string Differences(Dictionary<string, string> before, Dictionary<string, string> after) =>
        string.Join(", ", before.Keys.Union(after.Keys, StringComparer.OrdinalIgnoreCase)
            .Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name))
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name} = {after.GetValueOrDefault(name) ?? "not set"}"));

    [LoggerMessage(EventId = 120, Level = LogLevel.Information, Message = "Settings were changed, and hold from now on: {Settings}")]
    private partial void LogTaken(string settings);

    [LoggerMessage(EventId = 121, Level = LogLevel.Warning, Message = "Settings were changed that hold only from the next start of the host: {Settings}")]
    private partial void LogWaiting(string settings);

    [LoggerMessage(EventId = 122, Level = LogLevel.Warning, Message = "Settings were changed, and there is a mistake in them, so those from before hold: {Mistakes}")]
    private partial void LogMistakes(string mistakes);
}
