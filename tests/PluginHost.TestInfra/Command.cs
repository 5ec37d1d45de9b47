using System.Diagnostics;

namespace PluginHost.TestInfra;

/// <summary>Runs commands that a test needs done, and fails with what they said.</summary>
public static class Command
{
    public static string Run(string folder, string file, params string[] arguments) => Run(folder, file, new Dictionary<string, string>(), arguments);

    public static string Run(string folder, string file, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{errors.Result}");
    }
}
