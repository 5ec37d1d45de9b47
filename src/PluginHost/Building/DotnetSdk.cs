using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using PluginHost.Planning;
using PluginHost.Processes;
using PluginHost.Sources;

namespace PluginHost.Building;

/// <summary>The .NET SDK that builds are made with.</summary>
internal sealed class DotnetSdk(ChildProcess processes, BuildEnvironment environment, ContractPackage contract, IOptions<PluginHostOptions> options)
{
    private static readonly TimeSpan VersionLimit = TimeSpan.FromMinutes(1);

    // By the object id of the global.json that chooses it: asking takes a tenth of a second.
    private readonly ConcurrentDictionary<string, string> _versions = new();

    // By what DescribeAsync answered: what dotnet said when it found none.
    private readonly ConcurrentDictionary<string, MissingSdk> _missing = new();

    /// <summary>The dotnet command.</summary>
    public string Command { get; } = options.Value.Build.DotnetPath ?? OwnDotnet() ?? "dotnet";

    /// <summary>What besides a commit decides the output of its builds, as one word.</summary>
    public async Task<string> DescribeAsync(SourceSnapshot snapshot, string folder, CancellationToken cancellationToken)
    {
        if (snapshot.Drops is not null)
        {
            return DroppedBuilds.Environment;
        }

        var (version, missing) = await FindVersionAsync(snapshot, cancellationToken);
        var text = string.Join('\n', version, InputManifest.Revision, contract.Hash, DotnetBuild.SettingsHash, options.Value.Build.Configuration, folder, options.Value.Build.LockedRestore ? "locked" : "");
        var environment = $"sdk-{version}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12]}";
        if (missing is not null)
        {
            _missing[environment] = missing;
        }

        return environment;
    }

    /// <summary>What keeps anything from being built, or null when there is an SDK.</summary>
    /// <param name="environment">What <see cref="DescribeAsync"/> answered.</param>
    public MissingSdk? FindMissing(string environment) => _missing.GetValueOrDefault(environment);

    private async Task<(string Version, MissingSdk? Missing)> FindVersionAsync(SourceSnapshot snapshot, CancellationToken cancellationToken)
    {
        var pin = snapshot.Tree.FindFile("global.json");
        var key = pin?.Id ?? "";
        if (_versions.TryGetValue(key, out var known))
        {
            return (known, null);
        }

        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "global.json"), pin is null ? "{}" : snapshot.ReadText(pin), cancellationToken);
        var lines = new List<string>();
        var exit = await processes.RunAsync(
            new ChildCommand(Command, ["--version"], folder.Path, environment.Variables), lines.Add, VersionLimit, cancellationToken);

        // Without an SDK nothing can be built, and the build says so; what is stored still loads.
        return exit.Succeeded && lines.Count > 0 ? (_versions[key] = lines[0].Trim(), null) : ("none", new MissingSdk(pin is not null, lines));
    }

    // The dotnet that runs this process has an SDK beside it, unless only a runtime is installed.
    private static string? OwnDotnet()
    {
        var directory = Path.GetFullPath(Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var dotnet = Path.Combine(directory, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(dotnet) && Directory.Exists(Path.Combine(directory, "sdk")) ? dotnet : null;
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("pluginhost-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
