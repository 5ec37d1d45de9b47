using System.Diagnostics;
using PluginHost.TestInfra;

namespace PluginHost.LocalCluster;

/// <summary>A host of the cluster, whose lines have its number in front.</summary>
internal sealed class LocalNode : IDisposable
{
    private readonly Process _process;

    public LocalNode(int number, int port, string data, string database, IEnumerable<string> options)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Program("PluginHost.App"), "run", "--data", data, "--urls", $"http://127.0.0.1:{port}", "--cluster", database, "--no-supervisor", .. options])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["PluginHost__NodeName"] = $"node{number}";
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Say(number, line.Data);
        _process.ErrorDataReceived += (_, line) => Say(number, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Ended = _process.WaitForExitAsync();
    }

    public Task Ended { get; }

    /// <summary>Asks it to stop. On Ctrl-C the terminal has done so already.</summary>
    public void Stop()
    {
        if (!_process.HasExited)
        {
            Command.Run("/", "kill", "-TERM", $"{_process.Id}");
        }
    }

    public void Dispose() => _process.Dispose();

    private static void Say(int number, string? line)
    {
        if (line is not null)
        {
            Console.WriteLine($"[{number}] {line}");
        }
    }

    // Everything is built beside this program: artifacts/bin/<project>/<configuration>.
    private static string Program(string project)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, project, here.Name, project + ".dll");
    }
}
