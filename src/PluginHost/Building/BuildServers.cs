using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Processes;

namespace PluginHost.Building;

/// <summary>The MSBuild and compiler servers that make builds fast: the host's own, and gone when it is gone.</summary>
internal sealed partial class BuildServers(
    BuildEnvironment environment, BuildTemporary temporary, IOptions<PluginHostOptions> options, TimeProvider time, ILogger<BuildServers> logger) : IDisposable
{
    private readonly ProcessMark _processes = new(BuildEnvironment.MarkVariable, environment.Mark);

    // A server outlives the build that started it, and only Linux lets us find it again for certain.
    private static bool Used(bool apart) => OperatingSystem.IsLinux() && !apart;

    /// <summary>When they were last at work; null when they have not been yet, or were ended.</summary>
    public DateTimeOffset? LastUsed { get; private set; }

    /// <summary>What makes the servers private to one host, as environment variables.</summary>
    /// <param name="mark">The host's mark.</param>
    /// <param name="apart">Whether each build stands alone, and has none.</param>
    public static IEnumerable<KeyValuePair<string, string>> Variables(string mark, bool apart) => Used(apart)
        ? [new("DOTNET_CLI_USE_MSBUILD_SERVER", "1"), new("MSBUILDNODEHANDSHAKESALT", mark)]
        : [new("DOTNET_CLI_USE_MSBUILD_SERVER", "0"), new("MSBUILDDISABLENODEREUSE", "1")];

    /// <summary>What makes the servers private to one host, as properties of the build.</summary>
    public static IEnumerable<string> Arguments(string mark, bool apart) => Used(apart)
        ? ["-p:UseSharedCompilation=true", $"-p:SharedCompilationId=pluginhost-{mark}"]
        : ["-p:UseSharedCompilation=false"];

    /// <summary>How they are.</summary>
    /// <param name="isBuilding">Whether a build is under way.</param>
    public BuildServerInfo Describe(bool isBuilding)
    {
        var processes = _processes.List();
        return new BuildServerInfo(
            isBuilding ? BuildServerState.Building : processes.Count > 0 ? BuildServerState.Idle : BuildServerState.Stopped,
            LastUsed,
            options.Value.Build.MaxServerBytes,
            [.. processes.Select(process => new BuildServerProcess(process.Id, RoleOf(process.Command), process.ResidentBytes))]);
    }

    // By what MSBuild and the SDK call them; what is none of these was started by a build.
    private static string RoleOf(string command) =>
        command.Contains("VBCSCompiler", StringComparison.Ordinal) ? "compiler"
        : command.Contains("nodemode:8", StringComparison.OrdinalIgnoreCase) ? "msbuild server"
        : command.Contains("nodemode:", StringComparison.OrdinalIgnoreCase) ? "msbuild node"
        : command.Contains("-nologo", StringComparison.Ordinal) || command.Contains(" build ", StringComparison.Ordinal) ? "dotnet build"
        : "started by a build";

    /// <summary>A build has ended.</summary>
    public void NoteUse() => LastUsed = time.GetUtcNow();

    /// <summary>Whether they hold more memory than they may: they never give back what a large build made them take.</summary>
    public bool AreTooLarge() => _processes.ResidentBytes() > options.Value.Build.MaxServerBytes;

    /// <summary>Ends the servers, and whatever else builds have left behind, of this host and of one before it that was killed.</summary>
    public void End()
    {
        LastUsed = null;
        var ended = _processes.KillAll();
        temporary.Clear();
        if (ended > 0)
        {
            LogEnded(ended);
        }
    }

    public void Dispose() => End();

    [LoggerMessage(EventId = 310, Level = LogLevel.Debug, Message = "Ended {Count} build server processes.")]
    private partial void LogEnded(int count);
}
