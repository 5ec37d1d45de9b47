using PluginHost.Hosting;

namespace PluginHost.Building;

/// <summary>Finds what builds have written: the logs of the last build of each commit, as long as they are kept.</summary>
internal sealed class BuildLogs(DataDirectory data)
{
    /// <summary>The logs that there are of a commit.</summary>
    public IReadOnlyList<BuildLogInfo> Of(string source, string commit) =>
        [.. Enum.GetValues<BuildLogKind>().Select(kind => (kind, File: new FileInfo(FileOf(source, commit, kind)))).Where(log => log.File.Exists).Select(log => new BuildLogInfo(log.kind, log.File.Length))];

    /// <summary>Opens one of them, also while the build writes it; null when there is none.</summary>
    public Stream? Open(string source, string commit, BuildLogKind kind)
    {
        try
        {
            return new FileStream(FileOf(source, commit, kind), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Where the log of a commit's build is.</summary>
    public static string FileIn(string logFolder, string commit, BuildLogKind kind) =>
        Path.Combine(logFolder, $"{commit[..12]}.{(kind == BuildLogKind.Text ? "log" : "binlog")}");

    private string FileOf(string source, string commit, BuildLogKind kind) => FileIn(DataDirectory.BuildLogsOf(Path.Combine(data.Builds, source)), commit, kind);
}
