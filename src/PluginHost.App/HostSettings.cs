using System.Globalization;

namespace PluginHost.App;

/// <summary>Turns the command line into configuration, so that both mean the same.</summary>
internal static class HostSettings
{
    private const string DefaultUrls = "http://127.0.0.1:5080";
    private const double MostSeconds = 366 * 86400.0;
    private const string Source = "PluginHost:Sources:default";

    // What a process that is there for scripts alone may do to itself, and an application may not want.
    private static readonly string[] OnByDefault =
    [
        "PluginHost:Runs:SurviveUnhandledExceptions",
        "PluginHost:Runs:RelieveThreadPool",
        "PluginHost:Runs:EndLeftProcesses",
    ];

    /// <summary>The settings that the command line and the working directory give.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="configuration">What configuration files and the environment say; the command line goes before it, defaults after.</param>
    /// <exception cref="UsageException">Something is missing or cannot be read.</exception>
    public static Dictionary<string, string?> Read(RunArguments arguments, IConfiguration configuration)
    {
        var root = PluginFolder.FindRepository(Environment.CurrentDirectory);
        var settings = new Dictionary<string, string?> { ["urls"] = arguments.Urls ?? configuration["urls"] ?? DefaultUrls };

        if (arguments is { Drop: not null, Repo: not null })
        {
            throw new UsageException("--repo and --drop are both given, and this names one source. Name one of the two; more sources are settings (PluginHost:Sources).");
        }

        Set(settings, $"{Source}:DropFolder", arguments.Drop);
        if (arguments.Drop is null && (arguments.Repo is not null || !configuration.GetSection("PluginHost:Sources").GetChildren().Any()))
        {
            settings[$"{Source}:Url"] = arguments.Repo ?? root
                ?? throw new UsageException($"{Environment.CurrentDirectory} is not in a git repository, so there is nothing to watch. Start the host in one, or name one with --repo.");
        }

        Set(settings, $"{Source}:Branch", arguments.Branch);
        Set(settings, $"{Source}:Path", arguments.Path);
        Set(settings, $"{Source}:WorkingTree", arguments.WorkingTree ? "true" : null);
        Set(settings, $"{Source}:Poll", arguments.Poll is { } poll ? ParseDuration(poll).ToString("c", CultureInfo.InvariantCulture) : null);
        Set(settings, "PluginHost:Cluster:ConnectionString", arguments.Cluster);
        AddLabels(settings, arguments.Labels ?? [], configuration.GetSection("PluginHost:NodeLabels").Get<string[]>() ?? []);
        Set(settings, "PluginHost:Unload:Inspector", configuration["PluginHost:Unload:Inspector"] ?? OwnProgram());
        Set(settings, "PluginHost:SafeMode", arguments.SafeMode ? "true" : null);
        foreach (var setting in OnByDefault)
        {
            settings[setting] = configuration[setting] ?? "true";
        }

        Set(settings, "PluginHost:DataDirectory", DataDirectory(arguments.Data, configuration));
        return settings;
    }

    /// <summary>Where the host keeps its data, if the command line says this.</summary>
    public static string DataDirectory(string? data, IConfiguration configuration) =>
        data ?? configuration["PluginHost:DataDirectory"] ?? Path.Combine(PluginFolder.FindRepository(Environment.CurrentDirectory) ?? Environment.CurrentDirectory, ".pluginhost");

    /// <summary>The same for a command that needs no host: what configuration files and the environment say counts as well.</summary>
    public static string DataDirectoryOf(string? data) => Path.GetFullPath(DataDirectory(
        data, new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory).AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build()));

    // Started by its own executable, or by dotnet.
    private static string OwnProgram() =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "pluginhost" ? path : typeof(HostSettings).Assembly.Location;

    /// <summary>Further ones, under keys that no list in a file has.</summary>
    private static void AddLabels(Dictionary<string, string?> settings, string[] labels, string[] configured)
    {
        foreach (var (i, label) in labels.Except(configured, StringComparer.OrdinalIgnoreCase).Index())
        {
            settings[$"PluginHost:NodeLabels:option{i}"] = label;
        }
    }

    private static void Set(Dictionary<string, string?> settings, string key, string? value)
    {
        if (value is not null)
        {
            settings[key] = value;
        }
    }

    private static TimeSpan ParseDuration(string text)
    {
        (string Unit, double Seconds)[] units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400)];
        foreach (var (unit, seconds) in units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && double.TryParse(text[..^unit.Length], CultureInfo.InvariantCulture, out var number)
                && number * seconds is > 0 and < MostSeconds)
            {
                return TimeSpan.FromSeconds(number * seconds);
            }
        }

        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time)
            ? time
            : throw new UsageException($"--poll {text} is no duration. Write it as 500ms, 2s, 1m or 00:00:02.");
    }
}

/// <summary>The command line or the configuration is wrong: exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
