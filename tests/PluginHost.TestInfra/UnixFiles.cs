using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace PluginHost.TestInfra;

/// <summary>What .NET has no call for, and others do to the files of a host.</summary>
public static partial class UnixFiles
{
    private const int Nobody = 65534;

    /// <summary>Makes a named pipe, to which nobody writes.</summary>
    public static void MakePipe(string path)
    {
        if (MakePipe(path, Convert.ToUInt32("644", 8)) != 0)
        {
            throw new IOException($"{path} cannot be made: {Marshal.GetLastPInvokeErrorMessage()}.");
        }
    }

    /// <summary>Sets whether others than its owner may read a file, or read and enter a folder.</summary>
    public static void LetOthersRead(string path, bool mayRead)
    {
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(path, mayRead ? File.GetUnixFileMode(path) | others : File.GetUnixFileMode(path) & ~others);
        }
    }

    /// <summary>Does something for which permissions count, as they do not for root, who runs tests in containers. Linux only.</summary>
    /// <remarks>The rights at files are those of one thread there, so it is done on one of its own.</remarks>
    public static void AsNobody(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            _ = SetFileUser(Nobody);
            try
            {
                action();
            }
            catch (Exception thrown)
            {
                failure = ExceptionDispatchInfo.Capture(thrown);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(int user);
}
