using PluginHost.Hosting;

namespace PluginHost.Building;

/// <summary>The folder for temporary files of builds, apart from everybody else's.</summary>
/// <remarks>
/// Each build leaves some behind: empty folders of the SDK, pipes of servers that were killed. It lies in the system's
/// folder for such files and not in the data directory, because the names of pipes in it may have 100 characters in all.
/// </remarks>
internal sealed class BuildTemporary(DataDirectory data)
{
    private readonly Lock _lock = new();

    private string Name => Path.Combine(data.Builds, "temporary");

    /// <summary>The folder; it is there, and nobody else may write into it.</summary>
    public string Folder
    {
        get
        {
            lock (_lock)
            {
                return Existing() ?? Create();
            }
        }
    }

    /// <summary>Deletes what is in it. No build may be at work.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            try
            {
                if (Existing() is { } folder)
                {
                    Directory.Delete(folder, recursive: true);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Something still has a file of it open. It goes the next time.
            }
        }
    }

    private string? Existing() => File.Exists(Name) && File.ReadAllText(Name) is { Length: > 0 } folder && Directory.Exists(folder) ? folder : null;

    private string Create()
    {
        var folder = Directory.CreateTempSubdirectory("ph-").FullName;
        Directory.CreateDirectory(data.Builds);
        File.WriteAllText(Name, folder);
        return folder;
    }
}
