namespace PluginHost.App.Supervision;

/// <summary>The host as its supervisor has started it.</summary>
internal static class SupervisedHost
{
    /// <returns>The exit code, as the supervisor reads it.</returns>
    public static async Task<int> RunAsync(RunArguments arguments, CancellationToken cancellationToken)
    {
        SupervisorLink link;
        try
        {
            link = SupervisorLink.Open();
        }
        catch (UsageException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return ExitCode.WrongUsage;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(link.Stop, cancellationToken);
        var exitCode = await ReadyHost.RunAsync(arguments with { SafeMode = link.Greeting.SafeMode, Death = link.Greeting.Death }, either.Token);

        // What nobody asked for is no end that it is meant to have.
        return exitCode == ExitCode.StoppedByItself ? exitCode : ChildExitCode.Of(exitCode);
    }
}
