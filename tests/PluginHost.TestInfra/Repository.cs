namespace PluginHost.TestInfra;

/// <summary>PluginHost's own repository, which the tests were built in.</summary>
public static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PluginHost.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No PluginHost.sln was found above {AppContext.BaseDirectory}.");
    }
}
