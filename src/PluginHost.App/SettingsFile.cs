using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.FileProviders.Physical;

namespace PluginHost.App;

/// <summary>The file with settings that <c>--settings</c> names: one that an upgrade of the program does not replace.</summary>
internal static class SettingsFile
{
    /// <summary>Reads it, and anew when it changes. The environment goes before it, as before <c>appsettings.json</c>.</summary>
    /// <exception cref="UsageException">There is no such file, or it is no JSON.</exception>
    public static void Add(ConfigurationManager configuration, string? file)
    {
        if (file is null)
        {
            return;
        }

        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            throw new UsageException($"--settings {file}: there is no such file. Write one like appsettings.json, with a section PluginHost, or leave the option out.");
        }

        var source = new JsonConfigurationSource
        {
            // Asked for every few seconds: the system's watch would be on all folders below, and is silent on many shares.
            FileProvider = new PhysicalFileProvider(Path.GetDirectoryName(path)!, ExclusionFilters.None) { UsePollingFileWatcher = true, UseActivePolling = true },
            Path = Path.GetFileName(path),
            ReloadOnChange = true,

            // When it is read anew, the exception keeps the settings from before in force.
            OnLoadException = context => Console.Error.WriteLine($"The settings in {path} cannot be read: {context.Exception.InnerException?.Message ?? context.Exception.Message}"),
        };
        var environment = configuration.Sources.OfType<EnvironmentVariablesConfigurationSource>().LastOrDefault();
        try
        {
            configuration.Sources.Insert(environment is null ? configuration.Sources.Count : configuration.Sources.IndexOf(environment), source);
        }
        catch (InvalidDataException)
        {
            throw new UsageException($"--settings {file}: it is no JSON that can be read. The line above says where.");
        }
    }
}
