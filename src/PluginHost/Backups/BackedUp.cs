namespace PluginHost.Backups;

/// <summary>What of a data directory is in a backup, besides the history itself.</summary>
internal static class BackedUp
{
    private static readonly EnumerationOptions Everything = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint, // a link may lead anywhere
        IgnoreInaccessible = false,
    };

    /// <summary>The names in the data directory that a restore replaces.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["history.db", "history.db-wal", "history.db-shm", "history.db-runs1", "history.db-runs2", "secret.key", "keys", "artifacts", "logs", "loading"];

    public static IEnumerable<string> FilesIn(string dataDirectory)
    {
        IEnumerable<string> single = [Path.Combine(dataDirectory, "secret.key"), .. Sources(dataDirectory).Select(AcceptedCommitOf)];
        return single.Where(File.Exists).Concat(new[] { "keys", Path.Combine("artifacts", "store"), "logs" }.SelectMany(folder => In(Path.Combine(dataDirectory, folder))));
    }

    /// <summary>The folders of the sources, in which a restore replaces only the commit that was accepted last.</summary>
    public static IEnumerable<string> Sources(string dataDirectory) =>
        Path.Combine(dataDirectory, "sources") is var sources && Directory.Exists(sources) ? Directory.EnumerateDirectories(sources) : [];

    public static string AcceptedCommitOf(string source) => Path.Combine(source, "accepted.json");

    private static IEnumerable<string> In(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", Everything) : [];
}
