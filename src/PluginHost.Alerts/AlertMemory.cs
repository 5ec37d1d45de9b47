using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace PluginHost.Alerts;

/// <summary>What was told and still holds, kept over restarts: nobody is told of it again because the host was started anew.</summary>
/// <remarks>A file of its own in the data directory. When it is lost or cannot be read, the worst is that something is told twice.</remarks>
internal sealed partial class AlertMemory
{
    private const string FileName = "alerts.json";

    private readonly string _file;
    private readonly ILogger<AlertMemory> _logger;
    private readonly Lock _lock = new();
    private readonly Told _told;

    public AlertMemory(IOptions<PluginHostOptions> options, ILogger<AlertMemory> logger)
    {
        _file = Path.Combine(Path.GetFullPath(options.Value.DataDirectory), FileName);
        _logger = logger;
        _told = Read();
    }

    /// <summary>When it was last told that a script fails; null when that is not so, or never was.</summary>
    public DateTimeOffset? FailureOf(string script)
    {
        lock (_lock)
        {
            return _told.Failures.TryGetValue(script, out var at) ? at : null;
        }
    }

    /// <summary>What was told of a plugin's newest content; null when that is not rejected.</summary>
    public Rejection? RejectionOf(string plugin)
    {
        lock (_lock)
        {
            return _told.Rejections.GetValueOrDefault(plugin);
        }
    }

    public void TellFailure(string script, DateTimeOffset at) => Change(told => told.Failures[script] = at);

    public void ForgetFailure(string script) => Change(told => told.Failures.Remove(script));

    public void TellRejection(string plugin, Rejection rejection) => Change(told => told.Rejections[plugin] = rejection);

    public void ForgetRejection(string plugin) => Change(told => told.Rejections.Remove(plugin));

    private void Change(Action<Told> change)
    {
        lock (_lock)
        {
            change(_told);
            Save();
        }
    }

    private Told Read()
    {
        try
        {
            var told = File.Exists(_file) ? JsonSerializer.Deserialize<Told>(File.ReadAllBytes(_file)) : null;
            return new Told(new(told?.Failures ?? [], StringComparer.OrdinalIgnoreCase), new(told?.Rejections ?? [], StringComparer.OrdinalIgnoreCase));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            LogNotRead(failure, _file);
            return new Told(new(StringComparer.OrdinalIgnoreCase), new(StringComparer.OrdinalIgnoreCase));
        }
    }

    private void Save()
    {
        try
        {
            // Whole or not at all, also when the host dies meanwhile.
            Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
            File.WriteAllBytes(_file + ".new", JsonSerializer.SerializeToUtf8Bytes(_told));
            File.Move(_file + ".new", _file, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(failure, _file);
        }
    }

    [LoggerMessage(EventId = 1003, Level = LogLevel.Warning, Message = "{File} cannot be read, so what was told before may be told again. Nothing has to be done; it is written anew.")]
    private partial void LogNotRead(Exception failure, string file);

    [LoggerMessage(EventId = 1004, Level = LogLevel.Warning, Message = "{File} cannot be written, so what is told now may be told again after the next start. Check the data directory.")]
    private partial void LogNotSaved(Exception failure, string file);

    /// <summary>Content of a plugin that was rejected.</summary>
    internal sealed record Rejection(string Commit, string Message);

    private sealed record Told(Dictionary<string, DateTimeOffset> Failures, Dictionary<string, Rejection> Rejections);
}
