using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;
using PluginHost.Planning;
using PluginHost.Processes;

namespace PluginHost.Building;

/// <summary>Builds the affected plugins of a commit with one <c>dotnet build</c>.</summary>
internal sealed partial class PluginBuilder(
    DataDirectory data,
    DotnetSdk sdk,
    BuildEnvironment environment,
    ContractPackage contract,
    ChildProcess processes,
    HostActivities activities,
    IOptions<PluginHostOptions> options,
    ILogger<PluginBuilder> logger)
{
    // A build that writes without end must not fill the disk; what is wrong with it stands at its beginning.
    private const long MaxLogChars = 16 * 1024 * 1024;

    private static readonly string Targets = ReadTargets();

    private readonly Dictionary<string, Workspace> _workspaces = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Changes when the way in which plugins are built changes, and with it what the same sources give.</summary>
    public static string SettingsHash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Targets)))[..16];

    /// <summary>Builds what the plan says, one commit of a source at a time.</summary>
    public async Task<BuildReport> BuildAsync(ChangePlan plan, CancellationToken cancellationToken)
    {
        var planned = plan.ToBuild;
        if (planned.Count == 0)
        {
            return BuildReport.Nothing;
        }

        using var activity = activities.Begin("build", planned.Count == 1 ? $"Building {planned[0].PluginId}" : $"Building {planned.Count} plugins");
        var batch = Prepare(plan, planned);
        var exit = await RunAsync(batch, cancellationToken);
        return new BuildReportReader(batch, plan, exit, options.Value.Build.Timeout).Read(planned);
    }

    private BuildBatch Prepare(ChangePlan plan, IReadOnlyList<PlannedPlugin> planned)
    {
        var workspace = WorkspaceOf(plan.Snapshot.Source);
        workspace.MoveTo(plan.Snapshot);

        var batch = new BuildBatch(workspace, plan.Snapshot.Commit);
        batch.Clear();
        File.WriteAllText(batch.TargetsFile, Targets);
        BatchProject.Write(batch.ProjectFile, [.. planned.Select(plugin => Path.Combine(workspace.Root, plugin.Project))]);
        return batch;
    }

    private async Task<ChildExit> RunAsync(BuildBatch batch, CancellationToken cancellationToken)
    {
        var contractSource = contract.Offer();
        string[] arguments =
        [
            "build", batch.ProjectFile,
            "--no-restore", "-nologo", "-tl:off", "-v:q", "-clp:NoSummary",
            $"-bl:LogFile={batch.BinaryLog};ProjectImports=ZipFile",
            $"-p:Configuration={options.Value.Build.Configuration}",
            "-p:UseArtifactsOutput=true",
            $"-p:ArtifactsPath={batch.Workspace.Output}",
            $"-p:CustomAfterMicrosoftCommonTargets={batch.TargetsFile}",
            $"-p:PluginHostFactsDirectory={batch.FactsFolder}",
            $"-p:PluginHostContractSource={contractSource}",
            $"-p:PluginHostContractVersion={contract.Version}",

            // The same content gives the same bytes: neither the commit nor the place shows in them.
            $"-p:PathMap={batch.Workspace.Root}={Workspace.MappedRoot}",
            "-p:IncludeSourceRevisionInInformationalVersion=false",
            "-p:EnableSourceControlManagerQueries=false",
            .. BuildServers.Arguments(environment.Mark),
        ];

        using var log = new StreamWriter(batch.LogFile, append: false);
        long written = 0;
        var exit = await processes.RunAsync(
            new ChildCommand(sdk.Command, arguments, batch.Workspace.Root, environment.Variables, options.Value.Build.Timeout),
            line =>
            {
                written += line.Length;
                if (written < MaxLogChars)
                {
                    log.WriteLine(line);
                }
            },
            cancellationToken);
        LogBuilt(batch.Commit, exit.Code, batch.LogFile);
        return exit;
    }

    private Workspace WorkspaceOf(string source)
    {
        if (!_workspaces.TryGetValue(source, out var workspace))
        {
            _workspaces[source] = workspace = new Workspace(data, source);
        }

        return workspace;
    }

    private static string ReadTargets()
    {
        using var resource = typeof(PluginBuilder).Assembly.GetManifestResourceStream("PluginHost.Build.targets")!;
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }

    [LoggerMessage(EventId = 301, Level = LogLevel.Debug, Message = "The build of commit {Commit} ended with exit code {ExitCode}. Log: {LogFile}")]
    private partial void LogBuilt(string commit, int exitCode, string logFile);
}
