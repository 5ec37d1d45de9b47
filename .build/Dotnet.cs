using System.Diagnostics;

namespace PluginHost.Build;

/// <summary>Runs <c>dotnet</c> with the console of this process.</summary>
internal static class Dotnet
{
    // MSBuild reads every environment variable as a property. These three, which some machines set for all builds,
    // make each build several times slower; what is built here must not depend on them.
    private static readonly string[] SlowingVariables =
        ["UseSharedCompilation", "MSBUILDDISABLENODEREUSE", "DOTNET_CLI_USE_MSBUILD_SERVER"];

    /// <summary>The <c>dotnet</c> that runs this program, so that all of a build is done by one SDK.</summary>
    public static string Executable { get; } =
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <summary>Restores and builds, quietly: only warnings and errors are shown, and no MSBuild process stays behind.</summary>
    /// <remarks><c>dotnet msbuild</c>, because <c>dotnet build</c> cannot be told to leave its summary out.</remarks>
    public static Task<int> BuildAsync(RepositoryRoot root, string target, string project, string[] properties, CancellationToken cancellationToken) =>
        RunAsync(
            root,
            [
                "msbuild", project, "-restore", $"-target:{target}", "-property:Configuration=Release",
                .. properties.Select(property => $"-property:{property}"),
                "-maxCpuCount", "-nodeReuse:false", "-nologo", "-terminalLogger:off", "-verbosity:quiet",
            ],
            cancellationToken);

    public static async Task<int> RunAsync(RepositoryRoot root, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();

        // The root is the working directory because that is where dotnet looks for global.json.
        var start = new ProcessStartInfo(Executable, arguments) { WorkingDirectory = root.Directory };

        foreach (var variable in SlowingVariables)
        {
            start.Environment.Remove(variable);
        }

        using var process = Process.Start(start)
            ?? throw new InvalidOperationException($"'{Executable}' could not be started.");

        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
