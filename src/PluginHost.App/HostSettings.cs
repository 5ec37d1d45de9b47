using System.Globalization;
using System.Net;

namespace PluginHost.App;

/// <summary>Turns the command line into configuration, so that both mean the same.</summary>
internal static class HostSettings
{
    private const string DefaultUrls = "http://127.0.0.1:5080";
    private const double MostSeconds = 366 * 86400.0;
    private const string Source = "PluginHost:Sources:default";

    /// <summary>The settings that the command line and the working directory give.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="configuration">What configuration files and the environment say; the command line goes before it, defaults after.</param>
    /// <exception cref="UsageException">Something is missing or cannot be read.</exception>
    public static Dictionary<string, string?> Read(RunArguments arguments, IConfiguration configuration)
    {
        var root = PluginFolder.FindRepository(Environment.CurrentDirectory);
        var settings = new Dictionary<string, string?> { ["urls"] = arguments.Urls ?? configuration["urls"] ?? DefaultUrls };
        RefuseToListenUnprotected(settings["urls"]!.Split(';', StringSplitOptions.RemoveEmptyEntries).Concat(KestrelUrls(configuration)));

        if (arguments.Repo is not null || !configuration.GetSection("PluginHost:Sources").GetChildren().Any())
        {
            settings[$"{Source}:Url"] = arguments.Repo ?? root
                ?? throw new UsageException($"{Environment.CurrentDirectory} is not in a git repository, so there is nothing to watch. Start the host in one, or name one with --repo.");
        }

        Set(settings, $"{Source}:Branch", arguments.Branch);
        Set(settings, $"{Source}:Path", arguments.Path);
        Set(settings, $"{Source}:WorkingTree", arguments.WorkingTree ? "true" : null);
        Set(settings, $"{Source}:Poll", arguments.Poll is { } poll ? ParseDuration(poll).ToString("c", CultureInfo.InvariantCulture) : null);
        Set(settings, "PluginHost:DataDirectory", arguments.Data ?? configuration["PluginHost:DataDirectory"] ?? Path.Combine(root ?? Environment.CurrentDirectory, ".pluginhost"));
        return settings;
    }

    private static void Set(Dictionary<string, string?> settings, string key, string? value)
    {
        if (value is not null)
        {
            settings[key] = value;
        }
    }

    // Endpoints of Kestrel's own section take the place of "urls".
    private static IEnumerable<string> KestrelUrls(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"] ?? "");

    private static void RefuseToListenUnprotected(IEnumerable<string> urls)
    {
        foreach (var url in urls)
        {
            if (!IsLoopback(url))
            {
                throw new UsageException($"The host does not listen on '{url}': whoever reaches it can run code here, and no authentication is configured. Listen on 127.0.0.1, and put a reverse proxy that signs people in before it.");
            }
        }
    }

    // Kestrel listens everywhere for a host name that it does not know, and "localhost" is the only one that it knows.
    private static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out _)
        && BindingAddress.Parse(url).Host is var host
        && (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));

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
