using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;

namespace PluginHost.Building;

/// <summary>The environment of a build: what it needs, and nothing else of the host's.</summary>
/// <remarks>
/// MSBuild takes every variable as a property: a stray <c>Configuration</c> or <c>UseSharedCompilation</c> of the
/// operator's shell would change builds, and connection strings would be there for every target to read.
/// </remarks>
internal sealed class BuildEnvironment(IOptions<PluginHostOptions> options, DataDirectory data, BuildTemporary temporary)
{
    /// <summary>Every process of a build, its servers included, has this variable.</summary>
    public const string MarkVariable = "PLUGINHOST_BUILD";

    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "DOTNET_ROOT",
        "NUGET_PACKAGES", "NUGET_HTTP_CACHE_PATH", "NUGET_PLUGINS_CACHE_PATH", "NUGET_CERT_REVOCATION_MODE",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "DOTNET_CLI_HOME",
        "SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA",
        "ProgramData", "ProgramFiles", "ProgramFiles(x86)", "ProgramW6432", "CommonProgramFiles", "NUMBER_OF_PROCESSORS",
        "PROCESSOR_ARCHITECTURE",
    ];

    private static readonly Dictionary<string, string> Set = new()
    {
        ["DOTNET_NOLOGO"] = "1",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "1",
        ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
        ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",

        // Fresh build servers reach their full speed after some seven builds instead of twenty.
        ["DOTNET_TieredPGO"] = "0",
    };

    private static readonly string[] TemporaryFolderVariables = OperatingSystem.IsWindows() ? ["TEMP", "TMP"] : ["TMPDIR"];

    /// <summary>Tells this host's build processes from everybody else's, also after the host was killed and started again.</summary>
    public string Mark { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data.Root)))[..16];

    public IReadOnlyDictionary<string, string> Variables
    {
        get
        {
            var variables = new Dictionary<string, string>(Set);
            foreach (var name in Inherited.Concat(options.Value.Build.PassEnvironment))
            {
                if (Environment.GetEnvironmentVariable(name) is { } value)
                {
                    variables[name] = value;
                }
            }

            variables[MarkVariable] = Mark;
            // A build through a prefix may be another user's, who cannot write into a folder of ours.
            foreach (var name in options.Value.Build.CommandPrefix.Count == 0 ? TemporaryFolderVariables : [])
            {
                variables[name] = temporary.Folder;
            }

            foreach (var (name, value) in BuildServers.Variables(Mark, options.Value.Build.CommandPrefix.Count > 0))
            {
                variables[name] = value;
            }

            return variables;
        }
    }
}
