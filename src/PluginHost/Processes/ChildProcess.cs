using System.ComponentModel;
using System.Diagnostics;

namespace PluginHost.Processes;

/// <summary>A command to run.</summary>
/// <param name="File">The executable.</param>
/// <param name="Arguments">Its arguments, unquoted.</param>
/// <param name="WorkingDirectory">Where it runs.</param>
/// <param name="Environment">Its whole environment: nothing is inherited.</param>
/// <param name="Timeout">How long it may take.</param>
internal sealed record ChildCommand(
    string File,
    IReadOnlyList<string> Arguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Environment,
    TimeSpan Timeout);

/// <summary>How a command ended.</summary>
/// <param name="Code">Its exit code; meaningless when it timed out.</param>
/// <param name="TimedOut">Whether it was ended because its time was over.</param>
internal sealed record ChildExit(int Code, bool TimedOut)
{
    public bool Succeeded => Code == 0 && !TimedOut;
}

/// <summary>Runs commands. The only user of System.Diagnostics.Process.</summary>
internal sealed class ChildProcess(TimeProvider time)
{
    // A grandchild that inherited the pipes can hold them open for ever after the command itself has ended.
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(2);

    // On Unix the command leads a session of its own, so that it can be ended with all that it started, and Ctrl-C in
    // the host's terminal does not reach it.
    private static readonly string? SessionLauncher =
        new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(path => !OperatingSystem.IsWindows() && File.Exists(path));

    /// <summary>Runs a command to its end, passing each line that it writes on.</summary>
    /// <exception cref="FileNotFoundException">There is no such executable.</exception>
    public async Task<ChildExit> RunAsync(ChildCommand command, Action<string> onLine, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = StartInfo(command) };
        var drained = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        process.OutputDataReceived += (_, line) => Pass(line.Data, onLine, drained[0]);
        process.ErrorDataReceived += (_, line) => Pass(line.Data, onLine, drained[1]);
        Start(process, command);

        // Whoever asks a question on the terminal gets no answer, instead of waiting for one.
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        using var limit = new CancellationTokenSource(command.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await process.WaitForExitAsyncWithoutOutput(either.Token);
        }
        catch (OperationCanceledException)
        {
            EndWithAllItStarted(process);
            cancellationToken.ThrowIfCancellationRequested();
            return new ChildExit(-1, TimedOut: true);
        }

        await Task.WhenAny(Task.WhenAll(drained.Select(stream => stream.Task)), Task.Delay(DrainLimit, time, CancellationToken.None));
        return new ChildExit(process.ExitCode, TimedOut: false);
    }

    private static ProcessStartInfo StartInfo(ChildCommand command)
    {
        var start = new ProcessStartInfo
        {
            FileName = SessionLauncher ?? command.File,
            WorkingDirectory = command.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        if (SessionLauncher is not null)
        {
            start.ArgumentList.Add(command.File);
        }

        foreach (var argument in command.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static void Start(Process process, ChildCommand command)
    {
        try
        {
            process.Start();
        }
        catch (Win32Exception failure)
        {
            throw new FileNotFoundException($"The command '{command.File}' cannot be started: {failure.Message}", command.File, failure);
        }
    }

    private static void Pass(string? line, Action<string> onLine, TaskCompletionSource drained)
    {
        if (line is null)
        {
            drained.TrySetResult();
        }
        else
        {
            lock (onLine)
            {
                onLine(line);
            }
        }
    }

    private static void EndWithAllItStarted(Process process)
    {
        if (SessionLauncher is not null)
        {
            ProcessSession.Kill(process.Id);
        }

        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }
    }
}
