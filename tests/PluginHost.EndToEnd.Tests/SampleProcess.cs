using System.Diagnostics;
using System.Globalization;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A program that was built beside the tests and has no API to be asked by. It is stopped as a service manager stops it.</summary>
internal sealed class SampleProcess : IDisposable
{
    private readonly Process _process;

    private SampleProcess(Process process) => _process = process;

    public static SampleProcess Start(string project, Dictionary<string, string> environment)
    {
        var program = ReadyHost.ProgramOf(project);
        var start = new MarkedProcesses().Mark(new ProcessStartInfo("dotnet", [program]) { WorkingDirectory = Path.GetDirectoryName(program), RedirectStandardOutput = true, RedirectStandardError = true });
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        // What it says is in the test's output, where a failure is looked for.
        var (process, output) = (new Process { StartInfo = start }, TestContext.Out);
        process.OutputDataReceived += (_, line) => output.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => output.WriteLine(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new SampleProcess(process);
    }

    public void Dispose()
    {
        using (_process)
        {
            if (!_process.HasExited)
            {
                Command.Run("/", "kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
                Assert.That(_process.WaitForExit(ReadyHost.Patience), "it ends when it is asked to");
            }

            Assert.That(_process.ExitCode, Is.Zero);
        }
    }
}
