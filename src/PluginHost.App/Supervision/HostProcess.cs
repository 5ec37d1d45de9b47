using System.Diagnostics;

namespace PluginHost.App.Supervision;

/// <summary>The process that is the host, seen from its supervisor.</summary>
internal sealed class HostProcess : IDisposable
{
    // What a script started may hold the standard error open after the host itself has died. What the host wrote is there
    // at once, and everybody waits for its successor.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMilliseconds(200);

    private readonly Process _process;
    private readonly LastWords _words = new();
    private readonly Task _pump;
    private readonly TaskCompletionSource _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(Process process, Greeting greeting)
    {
        _process = process;
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => _exited.TrySetResult();
        process.Start();
        _pump = Task.Run(PumpAsync);
        Tell(greeting.Write());
    }

    public Task Exited => _exited.Task;

    /// <summary>Starts this program again, as the host.</summary>
    /// <param name="arguments">The command line that this program was given.</param>
    /// <param name="greeting">What the host is told.</param>
    public static HostProcess Start(IEnumerable<string> arguments, Greeting greeting)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("The system does not say what this program is, so it cannot be started again. Start the host with --no-supervisor.");
        var start = new ProcessStartInfo(program)
        {
            // Its standard input is how it learns that the supervisor has died, whatever it died of: then it ends.
            RedirectStandardInput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(program).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(typeof(HostProcess).Assembly.Location);
        }

        foreach (var argument in arguments.Append(CommandLine.Supervised))
        {
            start.ArgumentList.Add(argument);
        }

        return new HostProcess(new Process { StartInfo = start }, greeting);
    }

    /// <summary>Asks it to stop, and ends it with all that it started when it takes too long.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        Tell(Greeting.Stop);
        await Task.WhenAny(_exited.Task, Task.Delay(limit));
        if (!_exited.Task.IsCompleted)
        {
            _process.Kill(entireProcessTree: true);
            await _exited.Task;
        }
    }

    /// <summary>How it ended, once it has.</summary>
    public async Task<(int ExitCode, string Cause)> ReadEndAsync()
    {
        await Task.WhenAny(_pump, Task.Delay(DrainLimit));
        return (_process.ExitCode, CauseOfDeath.Describe(_process.ExitCode, _words));
    }

    public void Dispose() => _process.Dispose();

    private void Tell(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended, which is looked at next.
        }
    }

    private async Task PumpAsync()
    {
        using var terminal = Console.OpenStandardError();
        var buffer = new byte[8192];
        var source = _process.StandardError.BaseStream;
        while (await ReadAsync(source, buffer) is var read and > 0)
        {
            _words.Add(buffer.AsSpan(0, read));
            try
            {
                await terminal.WriteAsync(buffer.AsMemory(0, read));
            }
            catch (IOException)
            {
                // Nobody listens any more. What the host says must not be held up by that.
            }
        }
    }

    private static async Task<int> ReadAsync(Stream source, Memory<byte> buffer)
    {
        try
        {
            return await source.ReadAsync(buffer);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            return 0;
        }
    }
}
