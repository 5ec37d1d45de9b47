using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Processes;

namespace PluginHost.Building;

/// <summary>Runs one <c>dotnet build</c> of a batch.</summary>
internal sealed partial class DotnetBuild(
    BuildEnvironment environment,
    ContractPackage contract,
    BuildStandby standby,
    IOptions<PluginHostOptions> options,
    ILogger<DotnetBuild> logger)
{
    // A build that writes without end must not fill the disk. What is wrong with it is kept nevertheless, wherever it stands.
    private const long MaxLogChars = 16 * 1024 * 1024;
    private const int MaxLateErrors = 200;

    private static readonly string Targets = ReadTargets();

    /// <summary>Changes when the way in which plugins are built changes, and with it what the same sources give.</summary>
    public static string SettingsHash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Targets)))[..16];

    /// <summary>How long it may take.</summary>
    public TimeSpan Timeout => options.Value.Build.Timeout;

    /// <summary>Whether packages are taken as lock files say.</summary>
    public bool IsLocked => options.Value.Build.LockedRestore;

    /// <summary>Builds the projects.</summary>
    /// <param name="batch">Where everything lies.</param>
    /// <param name="projects">The full paths of the project files.</param>
    /// <param name="toRestore">Those of them whose packages are fetched first; the others' are in place.</param>
    /// <param name="oneByOne">Whether packages are fetched for each by itself.</param>
    /// <param name="cancellationToken">Ends the build, with all that it started.</param>
    public async Task<ChildExit> RunAsync(
        BuildBatch batch, IReadOnlyList<string> projects, IReadOnlyList<string> toRestore, bool oneByOne, CancellationToken cancellationToken)
    {
        batch.Clear();
        await File.WriteAllTextAsync(batch.TargetsFile, Targets, cancellationToken);
        BatchProject.Write(batch.ProjectFile, projects, toRestore, oneByOne, batch.RestoredMark);
        if (toRestore.Count > 0)
        {
            contract.Offer();
        }

        using var log = new StreamWriter(batch.LogFile, append: false);
        long written = 0;
        var lateErrors = 0;
        var exit = await standby.RunAsync(
            batch.Workspace.Root,
            batch.Environment,
            Arguments(batch, projects.Count),
            line =>
            {
                written += line.Length;
                if (written < MaxLogChars || (DiagnosticParser.IsError(line) && lateErrors++ < MaxLateErrors))
                {
                    log.WriteLine(line);
                }
                else if (written - line.Length < MaxLogChars)
                {
                    log.WriteLine($"The log is cut here, after {MaxLogChars} characters; errors that come later follow.");
                }
            },
            Timeout,
            cancellationToken);
        LogBuilt(batch.Commit, exit.Code, batch.LogFile);
        return exit;
    }

    private string[] Arguments(BuildBatch batch, int projects) =>
    [
        batch.ProjectFile,
        "--no-restore", "-nologo", "-tl:off", "-clp:NoSummary",

        // A further node costs more than it gives when there is one project.
        projects == 1 ? "-m:1" : "-m",
        $"-bl:LogFile={batch.BinaryLog};ProjectImports=ZipFile",
        $"-p:Configuration={options.Value.Build.Configuration}",
        "-p:UseArtifactsOutput=true",
        $"-p:ArtifactsPath={batch.Workspace.Output}",
        $"-p:CustomAfterMicrosoftCommonTargets={batch.TargetsFile}",
        $"-p:PluginHostFactsDirectory={batch.FactsFolder}",
        $"-p:PluginHostTree={batch.Workspace.Root.Replace('\\', '/')}",
        $"-p:PluginHostContractSource={contract.Folder}",
        $"-p:PluginHostContractVersion={contract.Version}",
        $"-p:PluginHostContractFolder={contract.Unpacked}",
        .. IsLocked && !batch.IsWarmUp ? ["-p:RestoreLockedMode=true", "-p:RestorePackagesWithLockFile=true"] : (string[])[],

        // The same content gives the same bytes: neither the commit nor the place shows in them, also not that of the
        // sources that the build itself writes. A bare comma would end the property.
        $"-p:PathMap={batch.Workspace.Root}={Workspace.MappedRoot}%2C{batch.Workspace.Output}={Workspace.MappedOutput}",
        "-p:IncludeSourceRevisionInInformationalVersion=false",
        "-p:EnableSourceControlManagerQueries=false",
        .. BuildServers.Arguments(environment.Mark, options.Value.Build.CommandPrefix.Count > 0),
    ];

    private static string ReadTargets()
    {
        using var resource = typeof(DotnetBuild).Assembly.GetManifestResourceStream("PluginHost.Build.targets")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    [LoggerMessage(EventId = 301, Level = LogLevel.Debug, Message = "The build of commit {Commit} ended with exit code {ExitCode}. Log: {LogFile}")]
    private partial void LogBuilt(string commit, int exitCode, string logFile);
}
