using System.ComponentModel.DataAnnotations;
using Shared.Text;

namespace TempFolderReport;

// Reads the clock from TimeProvider rather than DateTime.UtcNow, so that a unit test can set it.
[Script(Description = "Says how much old rubbish lies in the temp folder", Tags = ["example", "operations"], Timeout = "5m")]
[Schedule("30 5 * * *", TimeZone = "Europe/Berlin")]
public sealed class FindOldTempFiles(TimeProvider time, ILogger<FindOldTempFiles> log) : IScript
{
    [Parameter(Description = "Days since the last change after which a file counts as old")]
    [Range(1, 3650)]
    public int OlderThanDays { get; init; } = 7;

    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var folder = new DirectoryInfo(Path.GetTempPath());
        var limit = time.GetUtcNow().UtcDateTime.AddDays(-OlderThanDays);
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint, // a link may lead out of the folder, or back into it
        };

        var count = 0;
        var bytes = 0L;

        foreach (var file in folder.EnumerateFiles("*", options))
        {
            cancellationToken.ThrowIfCancellationRequested();

            // Whoever owns a temporary file may delete it at any moment.
            if (file.Exists && file.LastWriteTimeUtc < limit)
            {
                count++;
                bytes += file.Length;
            }
        }

        log.LogInformation("{Folder} holds {Count} files older than {Days} days, {Size} in all.",
            folder.FullName, count, OlderThanDays, ByteSize.Format(bytes));

        context.SetResult(new { folder = folder.FullName, olderThanDays = OlderThanDays, files = count, bytes });
        return Task.CompletedTask;
    }
}
