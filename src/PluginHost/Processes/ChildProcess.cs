using System.ComponentModel;
using System.Diagnostics;

namespace PluginHost.Processes;

/// <summary>A command to run.</summary>
/// <param name="File">The executable.</param>
/// <param name="Arguments">Its arguments, unquoted.</param>
/// <param name="WorkingDirectory">Where it runs.</param>
/// <param name="Environment">Its whole environment: nothing is inherited.</param>
/// <param name="InBackground">Whether it, and what it starts, leaves the processors to others that want them.</param>
internal sealed record ChildCommand(
    string File,
    IReadOnlyList<string> Arguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Environment,
    bool InBackground = false);

/// <summary>How a command ended.</summary>
/// <param name="Code">Its exit code; meaningless when it timed out.</param>
/// <param name="TimedOut">Whether it was ended because its time was over.</param>
internal sealed record ChildExit(int Code, bool TimedOut)
{
    public bool Succeeded => Code == 0 && !TimedOut;
}

/// <summary>Runs commands. The only one to start processes.</summary>
internal sealed class ChildProcess(TimeProvider time)
{
    // On Unix the command leads a session of its own, so that it can be ended with all that it started, and Ctrl-C in
    // the host's terminal does not reach it.
    private static readonly string? SessionLauncher =
        new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(path => !OperatingSystem.IsWindows() && File.Exists(path));

    /// <summary>Runs a command to its end, passing each line that it writes on.</summary>
    /// <exception cref="FileNotFoundException">There is no such executable.</exception>
    public async Task<ChildExit> RunAsync(ChildCommand command, Action<string> onLine, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var process = Start(command);
        return await process.FinishAsync([], onLine, timeout, cancellationToken);
    }

    /// <summary>The same for a command that reads bytes from its standard input.</summary>
    /// <exception cref="FileNotFoundException">There is no such executable.</exception>
    public async Task<ChildExit> RunAsync(ChildCommand command, ReadOnlyMemory<byte> input, Action<string> onLine, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var process = Start(command);
        return await process.FinishAsync(input, onLine, timeout, cancellationToken);
    }

    /// <summary>Starts a command that will be told later what it waits for.</summary>
    /// <exception cref="FileNotFoundException">There is no such executable.</exception>
    public StartedProcess Start(ChildCommand command) => new(StartProcess(command), time);

    /// <summary>Starts a command that is talked to over its standard input and output.</summary>
    /// <param name="command">The command.</param>
    /// <param name="onErrorLine">Gets each line that it writes to its standard error.</param>
    /// <exception cref="FileNotFoundException">There is no such executable.</exception>
    public PipedProcess StartPiped(ChildCommand command, Action<string> onErrorLine) => new(StartProcess(command), onErrorLine, time);

    /// <summary>Ends a command, with all that it started.</summary>
    internal static void EndWithAllItStarted(Process process)
    {
        try
        {
            KillSession(process.Id);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is InvalidOperationException or AggregateException or Win32Exception)
        {
            // It, or something that it started, has ended by itself.
        }
    }

    private static Process StartProcess(ChildCommand command)
    {
        var process = new Process { StartInfo = StartInfo(command) };
        try
        {
            process.Start();
        }
        catch (Win32Exception failure)
        {
            process.Dispose();
            throw new FileNotFoundException($"The command '{command.File}' cannot be started: {failure.Message}", command.File, failure);
        }

        if (command.InBackground && SessionLauncher is null)
        {
            BackgroundPriority.Give(process);
        }

        return process;
    }

    /// <summary>Ends everything in the session that a command leads, where it leads one.</summary>
    internal static void KillSession(int leader)
    {
        if (SessionLauncher is not null)
        {
            ProcessSession.Kill(leader);
        }
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
        string[] launched = SessionLauncher is null ? [] : command.InBackground ? [.. BackgroundPriority.Launcher, command.File] : [command.File];
        foreach (var argument in launched.Concat(command.Arguments))
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
}
