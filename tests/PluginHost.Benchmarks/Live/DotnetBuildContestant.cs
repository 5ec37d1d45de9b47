using System.Diagnostics;
using System.Runtime.Loader;
using PluginHost.TestInfra;

namespace PluginHost.Benchmarks.Live;

/// <summary><c>dotnet build</c> in the author's own folder, and loading what it made.</summary>
internal sealed class DotnetBuildContestant : IContestant
{
    private readonly string _folder;
    private readonly string[] _arguments;
    private readonly MarkedProcesses _processes = new();
    private readonly bool _load;

    private DotnetBuildContestant(string name, string folder, string contract, bool load, string[] arguments, params (string Name, string Value)[] environment)
    {
        (Name, _folder, _load, _arguments) = (name, folder, load, arguments);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "A.csproj"), PluginSource.Project().Replace("Version=\"*\"", "Version=\"0.1.0\"", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "nuget.config"), $"""<configuration><packageSources><add key="contract" value="{contract}" /></packageSources></configuration>""");
        foreach (var (variable, value) in environment)
        {
            _processes.Environment[variable] = value;
        }

        Edit(0);
        _processes.Run(folder, "dotnet", "restore");
    }

    public string Name { get; }

    /// <summary>As somebody types it.</summary>
    public static DotnetBuildContestant Stock(string folder, string contract) =>
        new("dotnet build as it comes, + load", folder, contract, load: true, ["build"]);

    /// <summary>As fast as it can be made to go, with nothing around it.</summary>
    public static DotnetBuildContestant Best(string folder, string contract) => new(
        "dotnet build at its best, nothing around it", folder, contract, load: false,
        ["build", "--no-restore", "-nologo", "-tl:off", "-v:q", "-clp:NoSummary", "-m:1", "-p:UseSharedCompilation=true", "-p:IncludeSourceRevisionInInformationalVersion=false"],
        ("DOTNET_CLI_USE_MSBUILD_SERVER", "1"));

    public Task<TimeSpan> MeasureAsync(int number)
    {
        Edit(number);
        var watch = Stopwatch.StartNew();
        _processes.Run(_folder, "dotnet", _arguments);
        if (_load)
        {
            Load();
        }

        return Task.FromResult(watch.Elapsed);
    }

    public ValueTask DisposeAsync()
    {
        _processes.Kill();
        return ValueTask.CompletedTask;
    }

    private void Edit(int number) => File.WriteAllText(Path.Combine(_folder, "Work.cs"), PluginSource.Script($"context.SetResult({number});"));

    private void Load()
    {
        var context = new AssemblyLoadContext("A", isCollectible: true);
        using var file = File.OpenRead(Path.Combine(_folder, "bin", "Debug", "net10.0", "A.dll"));
        context.LoadFromStream(file);
        context.Unload();
    }
}
