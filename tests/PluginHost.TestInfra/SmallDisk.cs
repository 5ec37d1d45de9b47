using NUnit.Framework;

namespace PluginHost.TestInfra;

/// <summary>A file system of its own, that can be full or read-only without harm to others. Linux and root only.</summary>
public sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    /// <param name="folder">Where it is mounted; made when it is not there.</param>
    /// <param name="options">Of tmpfs, as <c>size=1m</c>.</param>
    public static SmallDisk Mount(string folder, string options)
    {
        Requires.Root();
        Directory.CreateDirectory(folder);
        try
        {
            Command.Run("/", "mount", "-t", "tmpfs", "-o", options, "tmpfs", folder);
        }
        catch (InvalidOperationException failure)
        {
            Assert.Ignore($"No file system can be mounted here: {failure.Message}");
        }

        return new SmallDisk(folder);
    }

    public void Remount(string options) => Command.Run("/", "mount", "-o", $"remount,{options}", Path);

    /// <summary>Leaves no room at all.</summary>
    public void Fill()
    {
        using var ballast = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        Assert.That(
            () =>
            {
                while (true)
                {
                    ballast.Write(new byte[4096]);
                }
            },
            Throws.InstanceOf<IOException>());
    }

    public void MakeRoom() => File.Delete(Ballast);

    public void Dispose() => Command.Run("/", "umount", "--lazy", Path);
}
