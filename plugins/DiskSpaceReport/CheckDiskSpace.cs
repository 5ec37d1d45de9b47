using System.ComponentModel.DataAnnotations;
using Shared.Text;

namespace DiskSpaceReport;

// Two plugins use Shared.Text, this one and TempFolderReport. A commit that changes Shared.Text rebuilds and swaps
// both; a commit that changes only this file leaves the other one alone.
[Script(Description = "Warns when a disk is nearly full", Tags = ["example", "operations"], Timeout = "1m")]
[Schedule("@hourly", Jitter = "30s")]
public sealed class CheckDiskSpace(ILogger<CheckDiskSpace> log) : IScript
{
    [Parameter(Description = "Warn when less than this percentage is free")]
    [Range(0, 100)]
    public double MinimumFreePercent { get; init; } = 10;

    [Parameter(Description = "Fail the run, rather than only warn")]
    public bool FailWhenLow { get; init; }

    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var disks = DriveInfo.GetDrives()
            .Where(drive => drive.DriveType == DriveType.Fixed && drive.IsReady && drive.TotalSize > 0)
            .Select(drive => new Disk(drive.Name, drive.TotalSize, drive.AvailableFreeSpace))
            .ToList();

        foreach (var disk in disks)
        {
            var level = IsLow(disk) ? LogLevel.Warning : LogLevel.Information;
            log.Log(level, "{Disk}: {Free} of {Total} are free ({Percent:0.#} %).",
                disk.Name, ByteSize.Format(disk.FreeBytes), ByteSize.Format(disk.TotalBytes), disk.FreePercent);
        }

        context.SetResult(disks);

        // An exception is how a run fails; its message is what people see first.
        if (FailWhenLow && disks.Where(IsLow).ToList() is { Count: > 0 } low)
        {
            throw new InvalidOperationException($"Nearly full: {string.Join(", ", low.Select(disk => disk.Name))}.");
        }

        return Task.CompletedTask;
    }

    private bool IsLow(Disk disk) => disk.FreePercent < MinimumFreePercent;
}

public sealed record Disk(string Name, long TotalBytes, long FreeBytes)
{
    public double FreePercent => 100.0 * FreeBytes / TotalBytes;
}
