using PluginHost.TestInfra;

namespace PluginHost.Packages.Tests;

/// <summary>A machine on which nothing of PluginHost was ever installed, with its packages in one folder.</summary>
internal sealed class AuthorsMachine : IDisposable
{
    private readonly TestDirectory _folder = new();
    private readonly MarkedProcesses _processes = new();

    public AuthorsMachine()
    {
        // What PluginHost needs of others is taken from where it is; what is PluginHost's own, never from an earlier test.
        var packages = System.Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(System.Environment.GetFolderPath(System.Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var others = Directory.CreateDirectory(_folder.Combine("others")).FullName;
        foreach (var package in Directory.Exists(packages) ? Directory.GetDirectories(packages) : [])
        {
            if (!Path.GetFileName(package).StartsWith("pluginhost", StringComparison.OrdinalIgnoreCase))
            {
                Directory.CreateSymbolicLink(Path.Combine(others, Path.GetFileName(package)), package);
            }
        }

        File.WriteAllText(_folder.Combine("nuget.config"), $"""
            <configuration>
              <packageSources><add key="pluginhost" value="{Packed.Folder}" /></packageSources>
              <fallbackPackageFolders><add key="others" value="{others}" /></fallbackPackageFolders>
            </configuration>
            """);
        _processes.Environment["NUGET_PACKAGES"] = _folder.Combine("packages");
        _processes.Environment["DOTNET_CLI_HOME"] = Directory.CreateDirectory(_folder.Combine("home")).FullName;
        _processes.Environment["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1";
        _processes.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
    }

    public IReadOnlyDictionary<string, string> Environment => _processes.Environment;

    public string Combine(params string[] parts) => _folder.Combine(parts);

    /// <summary>Runs dotnet in a folder, to its end.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has what it wrote.</exception>
    public string Dotnet(string folder, params string[] arguments) => _processes.Run(Combine(folder), "dotnet", arguments);

    public void Dispose()
    {
        _processes.Kill();

        // Links go first, so that nothing is deleted behind them.
        foreach (var link in Directory.GetDirectories(Combine("others")))
        {
            Directory.Delete(link);
        }

        _folder.Dispose();
    }
}
