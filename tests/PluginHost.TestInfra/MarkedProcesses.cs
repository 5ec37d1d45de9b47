using System.Diagnostics;
using System.Globalization;

namespace PluginHost.TestInfra;

/// <summary>Processes that carry a mark in their environment, which what they start inherits: so they can be found again, and ended, also when they have left the process tree.</summary>
public sealed class MarkedProcesses
{
    /// <summary>The variable that holds the mark.</summary>
    public const string Variable = "PLUGINHOST_TEST";

    // What some machines set for all builds, and what makes each build several times slower.
    private static readonly string[] SlowingVariables = ["UseSharedCompilation", "MSBUILDDISABLENODEREUSE", "DOTNET_CLI_USE_MSBUILD_SERVER"];

    private readonly string _mark = Guid.NewGuid().ToString("n");

    /// <summary>Further variables of the processes that are started.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>Puts the mark, and the further variables, on a process that is about to be started.</summary>
    public ProcessStartInfo Mark(ProcessStartInfo start)
    {
        foreach (var variable in SlowingVariables)
        {
            start.Environment.Remove(variable);
        }

        start.Environment[Variable] = _mark;
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Runs a command to its end.</summary>
    /// <returns>What it wrote.</returns>
    public string Run(string folder, string file, params string[] arguments)
    {
        var output = new List<string>();
        using var process = Start(folder, file, arguments, output.Add);
        process.WaitForExit();
        var text = string.Join('\n', output);
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} ended with {process.ExitCode}: {text}");
    }

    /// <summary>Starts a command.</summary>
    public Process Start(string folder, string file, IEnumerable<string> arguments, Action<string> onLine)
    {
        var process = new Process
        {
            StartInfo = Mark(new ProcessStartInfo(file, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true }),
        };
        process.OutputDataReceived += (_, line) => Pass(line.Data);
        process.ErrorDataReceived += (_, line) => Pass(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Pass(string? line)
        {
            if (line is not null)
            {
                lock (onLine)
                {
                    onLine(line);
                }
            }
        }
    }

    /// <summary>The processes that are still there, with their command lines. Linux only; empty elsewhere.</summary>
    public IReadOnlyDictionary<int, string> Running() => !OperatingSystem.IsLinux()
        ? new Dictionary<int, string>()
        : Directory.EnumerateDirectories("/proc")
            .Where(process => ReadLines(process, "environ").Contains($"{Variable}={_mark}"))
            .ToDictionary(process => int.Parse(Path.GetFileName(process), CultureInfo.InvariantCulture), process => string.Join(' ', ReadLines(process, "cmdline")));

    /// <summary>Ends those that are still there.</summary>
    public void Kill()
    {
        foreach (var id in Running().Keys)
        {
            try
            {
                using var process = Process.GetProcessById(id);
                process.Kill();
                process.WaitForExit();
            }
            catch (Exception failure) when (failure is ArgumentException or InvalidOperationException)
            {
                // It has ended by itself.
            }
        }
    }

    private static string[] ReadLines(string process, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, file)).Split('\0');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Not a process, or one that has ended, or somebody else's.
            return [];
        }
    }
}
