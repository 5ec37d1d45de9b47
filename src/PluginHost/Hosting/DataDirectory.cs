using Microsoft.Extensions.Options;

namespace PluginHost.Hosting;

/// <summary>The folder that the host keeps everything in, held by one host at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    public DataDirectory(IOptions<PluginHostOptions> options)
        : this(options.Value.DataDirectory)
    {
        if (Directory.Exists(Restoring))
        {
            Dispose();
            throw new InvalidOperationException(
                $"A restore into the data directory {Root} was cut off, so what it holds is not whole. Run 'pluginhost restore' with the backup again. What was there before is in its folders replaced-….");
        }
    }

    private DataDirectory(string root)
    {
        Root = Path.GetFullPath(root);
        Directory.CreateDirectory(Root);

        // Everything in here is made, so a repository that holds this folder does not want it.
        var ignore = Path.Combine(Root, ".gitignore");
        if (!File.Exists(ignore))
        {
            File.WriteAllText(ignore, "*\n");
        }

        _lock = Acquire(Path.Combine(Root, "lock"));
    }

    public string Root { get; }

    /// <summary>Is there while a restore moves files to their places, and after one that was cut off.</summary>
    public string Restoring => Path.Combine(Root, "restoring");

    public string Database => DatabaseOf(Root);

    /// <summary>What secret parameters are encrypted with.</summary>
    public string SecretKey => Path.Combine(Root, "secret.key");

    public string Artifacts => Path.Combine(Root, "artifacts", "store");

    /// <summary>On the same volume as <see cref="Artifacts"/>, so that publishing is a rename.</summary>
    public string ArtifactStaging => Path.Combine(Root, "artifacts", "staging");

    public string Builds => Path.Combine(Root, "builds");

    /// <summary>A folder for each source that was built from.</summary>
    public IEnumerable<string> BuildLogs => Directory.Exists(Builds) ? Directory.EnumerateDirectories(Builds).Select(BuildLogsOf) : [];

    /// <summary>The working directories of worker processes, as long as these live.</summary>
    public string Workers => Path.Combine(Root, "workers");

    public string Logs => Path.Combine(Root, "logs");

    /// <summary>The history in a data directory that another process may hold.</summary>
    public static string DatabaseOf(string root) => Path.Combine(root, "history.db");

    /// <summary>For a restore, which also takes up one that was cut off.</summary>
    /// <exception cref="DataDirectoryInUseException">A host runs on it.</exception>
    public static DataDirectory ForRestore(string root) => new(root);

    public static string BuildLogsOf(string buildFolder) => Path.Combine(buildFolder, "logs");

    public string Source(string name) => Path.Combine(Root, "sources", name);

    public void Dispose() => _lock.Dispose();

    private FileStream Acquire(string path)
    {
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            using var writer = new StreamWriter(file, leaveOpen: true);
            writer.Write(Environment.ProcessId);
            return file;
        }
        catch (IOException failure)
        {
            throw new DataDirectoryInUseException(
                $"Another host uses the data directory {Root}, and two would damage each other's clones and history. Stop it, or start this one with another directory (--data, or PluginHost:DataDirectory).",
                failure);
        }
    }
}
