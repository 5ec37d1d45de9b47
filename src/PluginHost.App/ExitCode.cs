namespace PluginHost.App;

/// <summary>What the process answers to who started it.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>What was asked for failed.</summary>
    public const int Failed = 1;

    /// <summary>What was asked for cannot be understood.</summary>
    public const int WrongUsage = 2;

    /// <summary>The host has stopped, and nobody had asked it to.</summary>
    public const int StoppedByItself = 3;
}
