namespace PluginHost.App.Supervision;

/// <summary>What the host answers to its supervisor when it ends because it was meant to.</summary>
/// <remarks>
/// A script that calls <c>Environment.Exit</c> ends the host with a number of its choice, 0 as likely as any. So
/// what the host itself means to say is moved to where no such number is expected.
/// </remarks>
internal static class ChildExitCode
{
    // Below what a shell and the system use for signals, and above what programs use.
    private const int Meant = 100;

    public static int Of(int exitCode) => Meant + exitCode;

    /// <summary>What the host meant to say; null when it did not end by itself.</summary>
    public static int? Read(int exitCode) => exitCode is >= Meant and <= Meant + ExitCode.WrongUsage ? exitCode - Meant : null;
}
