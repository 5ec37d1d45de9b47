using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;
using PluginHost.Processes;

namespace PluginHost.Isolation;

/// <summary>How a worker is started: as the application itself is, with another program.</summary>
/// <remarks>
/// The application's own runtime configuration and dependencies give the worker the same framework, the same engine and
/// the same assemblies to share with plugins.
/// </remarks>
internal sealed class WorkerCommand(IOptions<PluginHostOptions> options)
{
    private const string Program = "PluginHost.Worker.dll";

    private static readonly string[] Inherited =
    [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_TIME", "LC_NUMERIC", "TZ", "TMPDIR", "TEMP", "TMP",
        "DOTNET_ROOT", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR",
        "SystemRoot", "SystemDrive", "windir", "ComSpec", "PATHEXT", "USERPROFILE", "USERNAME", "APPDATA", "LOCALAPPDATA",
        "ProgramData", "ProgramFiles", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE",
    ];

    /// <param name="directory">Where it works.</param>
    /// <exception cref="WorkerException">The application is made so that no worker can be started.</exception>
    public ChildCommand Create(string directory)
    {
        var program = Path.Combine(AppContext.BaseDirectory, Program);
        var dependencies = ((string?)AppContext.GetData("APP_CONTEXT_DEPS_FILES"))?.Split(';')[0];
        var runtime = dependencies is null ? null : Path.ChangeExtension(Path.ChangeExtension(dependencies, null), ".runtimeconfig.json");
        if (new[] { program, dependencies, runtime }.FirstOrDefault(file => !File.Exists(file)) is var missing && (missing is not null || dependencies is null))
        {
            throw new WorkerException(
                WorkerException.NotStarted,
                $"No worker process can be started, because there is no {missing ?? "list of dependencies (.deps.json)"} of this application. Publish it with that file and not as a single file, or let the script run in the host.",
                "");
        }

        return new ChildCommand(Dotnet(), ["exec", "--runtimeconfig", runtime!, "--depsfile", dependencies, program], directory, Environment());
    }

    private Dictionary<string, string> Environment()
    {
        var isolation = options.Value.Isolation;
        var variables = new Dictionary<string, string>
        {
            ["DOTNET_NOLOGO"] = "1",

            // An application's server collector takes a heap for each processor.
            ["DOTNET_gcServer"] = "0",

            // A crash is an outcome here, not a riddle.
            ["DOTNET_DbgEnableMiniDump"] = "0",
        };
        if (isolation.MaxMemoryBytes is { } most)
        {
            variables["DOTNET_GCHeapHardLimit"] = most.ToString("x", CultureInfo.InvariantCulture);
        }

        foreach (var name in Inherited.Concat(isolation.PassEnvironment))
        {
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
            {
                variables[name] = value;
            }
        }

        return variables;
    }

    private string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (System.Environment.ProcessPath is { } own && Path.GetFileName(own) == name)
        {
            return own;
        }

        // Beside the runtime that runs this process, where that is an installed one.
        var installed = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(installed) ? installed : options.Value.Build.DotnetPath ?? "dotnet";
    }
}
