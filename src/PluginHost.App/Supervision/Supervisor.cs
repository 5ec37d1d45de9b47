namespace PluginHost.App.Supervision;

/// <summary>Starts the host as a process of its own, and again when it dies of what a process cannot survive.</summary>
internal sealed class Supervisor(IReadOnlyList<string> arguments, bool safeMode)
{
    // Longer than the host takes to give up on itself.
    private static readonly TimeSpan StopLimit = ReadyHost.ExitLimit + TimeSpan.FromSeconds(5);

    /// <summary>Runs until the host has ended as it should, or cannot be started.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var signals = new StopSignals(takeOver: true);
        var asked = Task.WhenAny(signals.Asked, Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken));
        var policy = new RestartPolicy();
        for (var greeting = new Greeting(null, safeMode); ;)
        {
            var (exitCode, cause, lived) = await RunOnceAsync(greeting, asked);
            var next = policy.After(exitCode, lived, asked.IsCompleted);
            if (next.ExitCode is { } answer)
            {
                return answer;
            }

            // Of a start that failed, only the host itself knows why, and has said so; what died before it stays to be told.
            var died = ChildExitCode.Read(exitCode) is null;
            Say(died ? cause : null, next);
            greeting = new Greeting(died ? cause : greeting.Death, safeMode || next.SafeMode);
            await Task.WhenAny(asked, Task.Delay(next.Pause, CancellationToken.None));
            if (asked.IsCompleted)
            {
                return ExitCode.Done;
            }
        }
    }

    private async Task<(int ExitCode, string Cause, TimeSpan Lived)> RunOnceAsync(Greeting greeting, Task asked)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        using var host = HostProcess.Start(arguments, greeting);
        await Task.WhenAny(host.Exited, asked);
        if (!host.Exited.IsCompleted)
        {
            await host.StopAsync(StopLimit);
        }

        var (exitCode, cause) = await host.ReadEndAsync();
        return (exitCode, cause, TimeProvider.System.GetElapsedTime(startedAt));
    }

    private static void Say(string? cause, NextStep next) => Console.Error.WriteLine(
        $"{(cause is null ? "The host could not be started." : $"The host died. {cause.Split('\n')[0].TrimEnd('.')}.")} It is started again{(next.Pause > TimeSpan.Zero ? $" in {next.Pause.TotalSeconds:0.#} s" : "")}{(next.SafeMode ? ", in safe mode: it starts nothing by itself until somebody lets it" : "")}.");
}
