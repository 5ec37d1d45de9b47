using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PluginHost;

namespace Worker;

/// <summary>Hands each file that arrives to a script, and puts it away with what came of it.</summary>
internal sealed partial class Inbox(IPluginHost scripts, IOptions<InboxOptions> options, TimeProvider time, ILogger<Inbox> log) : BackgroundService
{
    private readonly string _inbox = Path.GetFullPath(options.Value.Folder);
    private string? _waitsFor;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Directory.CreateDirectory(_inbox);
        using var timer = new PeriodicTimer(options.Value.Every, time);
        do
        {
            foreach (var file in Directory.GetFiles(_inbox).Order(StringComparer.Ordinal))
            {
                if (await RunAsync(file, stoppingToken) is { } run)
                {
                    PutAway(file, run);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <returns>The run, when it has ended; null when the script cannot be run now, and the file has to wait.</returns>
    private async Task<RunInfo?> RunAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            var run = await scripts.StartRunAsync(options.Value.Script, RequestFor(file), cancellationToken);
            while (run.FinishedAt is null)
            {
                run = await scripts.WaitForRunAsync(run.Id, TimeSpan.FromMinutes(1), cancellationToken);
            }

            _waitsFor = null;
            return run;
        }
        catch (Exception reason) when (reason is NotFoundException or ConflictException or InvalidParametersException)
        {
            // It is not live yet, or the version that is live takes no such parameter: a commit will mend that.
            if (_waitsFor != reason.Message)
            {
                FileWaits(Path.GetFileName(file), reason.Message);
                _waitsFor = reason.Message;
            }

            return null;
        }
    }

    // The key makes one run of one file: after a crash, the same request answers the run that there was.
    private static RunRequest RequestFor(string file) => new()
    {
        Parameters = new JsonObject { ["fileName"] = file },
        RequestedBy = "inbox",
        IdempotencyKey = string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(file)} {File.GetLastWriteTimeUtc(file).Ticks}"),
    };

    private void PutAway(string file, RunInfo run)
    {
        var succeeded = run.State == RunState.Succeeded;
        var folder = Directory.CreateDirectory(Path.Combine(_inbox, succeeded ? "done" : "failed")).FullName;
        var name = Path.GetFileName(file);
        File.WriteAllText(Path.Combine(folder, $"{name}.txt"), succeeded ? run.Result?.ToJsonString() : $"{run.State}: {run.Error?.Message}");

        // Last, so that a file that has been put away has what came of it beside it.
        File.Move(file, Path.Combine(folder, name), overwrite: true);
        Renew(Path.Combine(folder, name));
        FileDone(name, run.State, run.Version);
    }

    // Whoever moves it back into the inbox wants another run, and not to hear of this one again: see the key above.
    private void Renew(string file)
    {
        try
        {
            File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);
        }
        catch (FileNotFoundException)
        {
            // It has been moved back already.
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{File} waits: {Reason}")]
    private partial void FileWaits(string file, string reason);

    [LoggerMessage(2, LogLevel.Information, "{File}: {State} on version {Version}.")]
    private partial void FileDone(string file, RunState state, string? version);
}
