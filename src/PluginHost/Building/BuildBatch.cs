using PluginHost.Hosting;
using PluginHost.Planning;

namespace PluginHost.Building;

/// <summary>The files of one <c>dotnet build</c>.</summary>
internal sealed class BuildBatch(Workspace workspace, ChangePlan plan)
{
    public Workspace Workspace { get; } = workspace;

    public string Commit { get; } = plan.Snapshot.Commit;

    /// <summary>Whether nobody will run what it builds.</summary>
    public bool IsWarmUp { get; } = plan.Snapshot.Source == WarmUp.Source;

    /// <summary>What besides the commit decides the output, the SDK among it.</summary>
    public string Environment { get; } = plan.Environment;

    public string ProjectFile => Path.Combine(Workspace.Batch, "batch.proj");

    public string TargetsFile => Path.Combine(Workspace.Batch, "PluginHost.Build.targets");

    public string FactsFolder => Path.Combine(Workspace.Batch, "facts");

    /// <summary>Written when the packages are in place.</summary>
    public string RestoredMark => Path.Combine(Workspace.Batch, "restored");

    public string LogFile => BuildLogs.FileIn(LogFolder, Commit, BuildLogKind.Text);

    public string BinaryLog => BuildLogs.FileIn(LogFolder, Commit, BuildLogKind.Binary);

    /// <summary>The archive of project files that MSBuild writes beside the binary log.</summary>
    public string ImportsArchive => Path.ChangeExtension(BinaryLog, ".ProjectImports.zip");

    private string LogFolder => DataDirectory.BuildLogsOf(Workspace.Folder);

    public void Clear()
    {
        if (Directory.Exists(Workspace.Batch))
        {
            Directory.Delete(Workspace.Batch, recursive: true);
        }

        Directory.CreateDirectory(FactsFolder);
        Directory.CreateDirectory(LogFolder);
        Directory.CreateDirectory(Workspace.Output);
        foreach (var folder in new[] { Workspace.Batch, FactsFolder, LogFolder, Workspace.Output })
        {
            Workspace.LetGroupWrite(folder);
        }

        File.Delete(ImportsArchive);
    }
}
