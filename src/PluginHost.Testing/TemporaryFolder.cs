namespace PluginHost.Testing;

/// <summary>A folder that is gone afterwards.</summary>
internal sealed class TemporaryFolder(string prefix) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory(prefix);

    public string Path => _folder.FullName;

    public void Dispose()
    {
        try
        {
            // git marks its files read-only, which Windows takes as "cannot be deleted".
            foreach (var file in _folder.EnumerateFiles("*", SearchOption.AllDirectories).Where(file => file.IsReadOnly))
            {
                file.IsReadOnly = false;
            }

            _folder.Delete(recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Windows holds on to assemblies that were loaded; what is temporary goes another time.
        }
    }
}
