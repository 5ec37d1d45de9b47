using System.CommandLine;
using PluginHost.App.Output;
using PluginHost.Backups;

namespace PluginHost.App.Commands;

/// <summary><c>backup</c> and <c>restore</c>: the data directory as one file, made while the host runs.</summary>
internal static class BackupCommands
{
    public static Command CreateBackup()
    {
        var (file, data) = (File("The file to write, such as pluginhost.tar.gz. It must not be there yet."), Data());
        var command = new Command("backup", "Copies a host's data into one file: history, builds, run logs and keys. The host may run.") { file, data };
        command.SetAction((result, cancellationToken) => CommandGuard.RunAsync(
            result, (output, stop) => Task.FromResult(Backup(output, result.GetRequiredValue(file), HostSettings.DataDirectoryOf(result.GetValue(data)), stop)), cancellationToken));
        return command;
    }

    public static Command CreateRestore()
    {
        var (file, data) = (File("What 'backup' has written."), Data());
        var command = new Command("restore", "Puts a backup in the place of a host's data. The host must not run; what was there is kept aside.") { file, data };
        command.SetAction((result, cancellationToken) => CommandGuard.RunAsync(
            result, (output, _) => Task.FromResult(Restore(output, result.GetRequiredValue(file), HostSettings.DataDirectoryOf(result.GetValue(data)))), cancellationToken));
        return command;
    }

    private static int Backup(CommandOutput output, string file, string data, CancellationToken cancellationToken) => Try(() =>
    {
        DataBackup.Write(data, file, TimeProvider.System.GetUtcNow(), cancellationToken);
        output.Line($"Wrote {file}, {Show.Bytes(new FileInfo(file).Length)}, from {data}. Keep it as safe as a password: the host's keys are in it.");
        return ExitCode.Done;
    });

    private static int Restore(CommandOutput output, string file, string data) => Try(() =>
    {
        var (manifest, replaced) = DataRestore.Run(file, data, TimeProvider.System.GetUtcNow());
        output.Line($"Restored {data} as it was at {manifest.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, from a backup of PluginHost {manifest.Version}.");
        if (replaced is not null)
        {
            output.Note($"What was there before is in {replaced}. Delete it when you no longer need it.");
        }

        return ExitCode.Done;
    });

    private static int Try(Func<int> act)
    {
        try
        {
            return act();
        }
        catch (Exception failure) when (failure is BackupException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new CommandFailure(failure.Message, ExitCode.Failed);
        }
    }

    private static Argument<string> File(string description) => new("file") { Description = description };

    private static Option<string?> Data() => new("--data") { Description = "The host's data directory. Default: .pluginhost in the repository.", HelpName = "DIR" };
}
