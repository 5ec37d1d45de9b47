using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;

namespace PluginHost.Retention;

/// <summary>Deletes logs that are no longer kept, at the start and then every hour.</summary>
internal sealed partial class LogRetention(
    DataDirectory data, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<LogRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly EnumerationOptions Everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    public void Sweep()
    {
        Delete(Files(data.Logs), options.Value.Retention.RunLogs);
        foreach (var folder in data.BuildLogs)
        {
            Delete(Files(folder), options.Value.Retention.BuildLogs);
        }

        foreach (var folder in Directory.Exists(data.Logs) ? Directory.EnumerateDirectories(data.Logs) : [])
        {
            DeleteIfEmpty(folder);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await Task.Run(Sweep, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>One entry for all files of a name: a build's log, its binary log and what belongs to that go together.</summary>
    private static IEnumerable<IGrouping<string, FileInfo>> Files(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles("*", Everywhere).GroupBy(file => Path.Combine(file.DirectoryName!, file.Name.Split('.')[0]))
        : [];

    private void Delete(IEnumerable<IGrouping<string, FileInfo>> files, RetentionLimit limit)
    {
        var kept = files.Select(group => new Kept<IGrouping<string, FileInfo>>(group, group.Max(file => file.LastWriteTimeUtc), group.Sum(file => file.Length)));
        foreach (var file in RetentionRule.Excess(kept, limit, time.GetUtcNow()).SelectMany(group => group))
        {
            try
            {
                file.Delete();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                LogNotDeleted(file.FullName, failure.Message);
            }
        }
    }

    private static void DeleteIfEmpty(string folder)
    {
        try
        {
            if (!Directory.EnumerateFileSystemEntries(folder).Any())
            {
                Directory.Delete(folder);
            }
        }
        catch (IOException)
        {
            // A run has begun to log into it just now.
        }
    }

    [LoggerMessage(EventId = 810, Level = LogLevel.Warning, Message = "The log '{File}' is no longer kept, and could not be deleted: {Error}")]
    private partial void LogNotDeleted(string file, string error);
}
