using System.Diagnostics;

namespace PluginHost.TestInfra;

/// <summary>The command line as a process of its own, as people and CI run it.</summary>
public sealed record Tool(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command in a folder, to its end.</summary>
    public static async Task<Tool> RunAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [ReadyHost.ProgramOf("PluginHost.App"), .. arguments])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PluginHost__Build__PassEnvironment__0"] = MarkedProcesses.Variable;
        using var process = Process.Start(new MarkedProcesses().Mark(start))!;
        using var limit = new CancellationTokenSource(ReadyHost.Patience);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"pluginhost {string.Join(' ', arguments)} did not end.");
        }

        return new Tool(process.ExitCode, await output, await error);
    }
}
