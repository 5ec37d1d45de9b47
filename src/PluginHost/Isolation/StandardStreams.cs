using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PluginHost.Isolation;

/// <summary>Keeps the standard input and output of this process for the host, before anything else uses them.</summary>
/// <remarks>
/// What a script, a native library or a process started by it writes to the standard output goes to the standard error
/// instead, so that it never gets between the messages; and whoever reads the standard input finds it at its end.
/// </remarks>
internal static partial class StandardStreams
{
    private const int DuplicateWithCloseOnExec = 1030;
    private const int ReadOnly = 0;
    private const int WindowsInput = -10;
    private const int WindowsOutput = -11;
    private const int WindowsError = -12;

    /// <summary>Takes them, once.</summary>
    public static MessagePipe Take()
    {
        if (OperatingSystem.IsWindows())
        {
            var pipe = new MessagePipe(Console.OpenStandardInput(), Console.OpenStandardOutput());
            SetStdHandle(WindowsInput, 0);
            SetStdHandle(WindowsOutput, GetStdHandle(WindowsError));
            return pipe;
        }

        var (input, output) = (Move(0), Move(1));
        var nothing = open("/dev/null", ReadOnly);
        dup2(nothing, 0);
        dup2(2, 1);
        close(nothing);
        return new MessagePipe(Open(input, FileAccess.Read), Open(output, FileAccess.Write));
    }

    // On Linux no process that a script starts inherits it; elsewhere one does, and keeps it open after the worker's end.
    private static int Move(int descriptor)
    {
        var moved = OperatingSystem.IsLinux() ? fcntl(descriptor, DuplicateWithCloseOnExec, 3) : dup(descriptor);
        return moved >= 0 ? moved : throw new IOException($"Descriptor {descriptor} cannot be kept for the host: error {Marshal.GetLastPInvokeError()}.");
    }

    private static FileStream Open(int descriptor, FileAccess access) => new(new SafeFileHandle(descriptor, ownsHandle: true), access, bufferSize: 0);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int descriptor, int target);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial nint GetStdHandle(int which);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetStdHandle(int which, nint handle);
}
