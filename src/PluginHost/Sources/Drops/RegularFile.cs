using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace PluginHost.Sources.Drops;

/// <summary>Opens files that somebody else puts there: one that is a link, a pipe or a device is refused, and holds nobody up.</summary>
internal static partial class RegularFile
{
    private const int NoSuchFile = 2;
    private const int NotAllowed = 13;

    /// <summary>Opens a file for reading.</summary>
    /// <param name="folder">The folder in which it lies.</param>
    /// <param name="name">Its path from there, which messages name it by.</param>
    /// <exception cref="InvalidDataException">It is no regular file. The message is a clause that names it.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The host's user may not read it.</exception>
    public static FileStream Open(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new InvalidDataException($"its {name} is a symbolic link, and a drop holds the files themselves");
        }

        var stream = new FileStream(OperatingSystem.IsWindows() ? File.OpenHandle(path) : OpenAtOnce(path), FileAccess.Read, bufferSize: 0);

        // Asked of what was opened: the path may stand for something else by now.
        if (stream.CanSeek && (File.GetAttributes(stream.SafeFileHandle) & FileAttributes.Directory) == 0)
        {
            return stream;
        }

        stream.Dispose();
        throw new InvalidDataException($"its {name} is no regular file");
    }

    /// <summary>Reads a small file.</summary>
    /// <param name="folder">The folder in which it lies.</param>
    /// <param name="name">Its path from there, which messages name it by.</param>
    /// <param name="maxBytes">How large it may be.</param>
    /// <exception cref="InvalidDataException">It is larger, or no regular file. The message is a clause that names it.</exception>
    public static byte[] ReadAll(string folder, string name, int maxBytes)
    {
        using var stream = Open(folder, name);
        if (stream.Length > maxBytes)
        {
            throw new InvalidDataException($"its {name} is larger than {maxBytes} bytes");
        }

        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        RefuseMore(stream, name);
        return content;
    }

    /// <summary>The SHA-256 of a file, in small hexadecimal digits.</summary>
    /// <exception cref="InvalidDataException">It is no regular file, too large, or grows while it is read. The message is a clause that names it.</exception>
    public static string Hash(string folder, string name)
    {
        using var stream = Open(folder, name);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        CopyTo(stream, name, chunk => hash.AppendData(chunk.Span));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Reads a file as far as it reached when that began.</summary>
    /// <exception cref="InvalidDataException">It is larger than <see cref="DropFiles.MaxBytes"/>, or reaches further, as a device does, which has no length and no end. The message is a clause that names it.</exception>
    /// <exception cref="EndOfStreamException">It was cut meanwhile.</exception>
    public static void CopyTo(FileStream stream, string name, Action<ReadOnlyMemory<byte>> take)
    {
        if (stream.Length > DropFiles.MaxBytes)
        {
            throw new InvalidDataException($"its {name} is larger than {DropFiles.MaxBytes} bytes");
        }

        var buffer = new byte[128 << 10];
        for (var left = stream.Length; left > 0;)
        {
            var chunk = buffer.AsMemory(0, (int)Math.Min(left, buffer.Length));
            stream.ReadExactly(chunk.Span);
            take(chunk);
            left -= chunk.Length;
        }

        RefuseMore(stream, name);
    }

    private static void RefuseMore(FileStream stream, string name)
    {
        if (stream.ReadByte() >= 0)
        {
            throw new InvalidDataException($"its {name} is no regular file, or grew while it was read");
        }
    }

    // The runtime's own way follows links, and waits at a pipe until somebody writes to it.
    private static SafeFileHandle OpenAtOnce(string path)
    {
        var file = Open(path, ReadOnly | AtOnce | NoLinks | NotForChildren);
        if (!file.IsInvalid)
        {
            return file;
        }

        var error = Marshal.GetLastPInvokeError();
        file.Dispose();
        var message = $"{path}: {new Win32Exception(error).Message}";
        throw error switch
        {
            NoSuchFile => new FileNotFoundException(message, path),
            NotAllowed => new UnauthorizedAccessException(message),
            _ => new IOException(message),
        };
    }

    private const int ReadOnly = 0;

    private static int AtOnce => OperatingSystem.IsLinux() ? 0x800 : 0x4;

    private static int NoLinks => !OperatingSystem.IsLinux() ? 0x100
        : RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm or Architecture.Ppc64le ? 0x8000 : 0x20000;

    private static int NotForChildren => OperatingSystem.IsLinux() ? 0x80000 : OperatingSystem.IsMacOS() ? 0x1000000 : 0x100000;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
