using System.Globalization;

namespace PluginHost.App.Supervision;

/// <summary>Says why a process died, from all that is left of it.</summary>
internal static class CauseOfDeath
{
    private const int Signal = 128;

    /// <param name="exitCode">Its exit code.</param>
    /// <param name="words">What it wrote last to its standard error.</param>
    public static string Describe(int exitCode, LastWords words)
    {
        var how = How(exitCode);
        return words.Cause is { } cause ? $"{cause}\n({how})"
            : words.Text is { Length: > 0 } text && Name(exitCode) is not null ? $"{how} The last that it wrote:\n{text}"
            : how;
    }

    private static string How(int exitCode) => Name(exitCode) is { } name
        ? $"The process was ended by {name}, exit code {Show(exitCode)}."
        : $"The process ended itself with exit code {Show(exitCode)}, and nobody had asked it to: a script may have called Environment.Exit.";

    private static string? Name(int exitCode) => exitCode switch
    {
        Signal + 4 => "SIGILL, an instruction that does not exist",
        Signal + 6 => "SIGABRT, which is how the runtime gives up",
        Signal + 7 => "SIGBUS, a memory access that cannot be",
        Signal + 8 => "SIGFPE, an arithmetic error in native code",
        Signal + 9 => "SIGKILL: by somebody, by itself, or by the system because memory ran out",
        Signal + 11 => "SIGSEGV, a memory access that is not allowed",
        Signal + 15 => "SIGTERM",
        > Signal and < Signal + 64 => $"signal {exitCode - Signal}",

        // Windows says it in the exit code.
        unchecked((int)0xC0000005) => "an access violation",
        unchecked((int)0xC00000FD) => "a stack overflow",
        unchecked((int)0xC0000409) or unchecked((int)0x80131623) => "the runtime, which gave up",
        unchecked((int)0xE0434352) => "an unhandled exception",
        -1 => "another process",
        _ => null,
    };

    private static string Show(int exitCode) => exitCode is >= 0 and < 256
        ? exitCode.ToString(CultureInfo.InvariantCulture)
        : $"0x{exitCode:X8}";
}
