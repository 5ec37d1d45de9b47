using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;

namespace PluginHost.Backups;

/// <summary>Puts a backup in the place of what a data directory holds.</summary>
/// <remarks>
/// Everything is unpacked and checked beside the data before anything of it is touched. What was there is moved aside, not
/// deleted. While files are moved, a folder says so: a host that finds it does not start, and the restore can be done again.
/// </remarks>
internal static class DataRestore
{
    /// <returns>What the backup says of itself, and the folder that holds what was there before; null when there was nothing.</returns>
    /// <exception cref="BackupException">The file is no whole backup that this version can read, or cannot be unpacked.</exception>
    /// <exception cref="DataDirectoryInUseException">A host runs on the directory.</exception>
    public static (BackupManifest Manifest, string? Replaced) Run(string file, string dataDirectory, DateTimeOffset now)
    {
        using var data = DataDirectory.ForRestore(dataDirectory);
        var unpacked = Path.Combine(data.Root, $"unpacked-{Guid.NewGuid():n}");
        try
        {
            PrivateFile.CreateFolder(unpacked);
            var manifest = Unpack(file, unpacked);

            // Known as cut off from here on, until the last file is in its place; or still, where one before was cut off.
            var restoring = Directory.Exists(data.Restoring) ? Path.Combine(data.Restoring, Path.GetFileName(unpacked)) : data.Restoring;
            Directory.Move(unpacked, restoring);
            var replaced = MoveAside(data.Root, Path.Combine(data.Root, $"replaced-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{Guid.NewGuid().ToString("n")[..6]}"));
            MoveIn(restoring, data.Root);
            Directory.Delete(data.Restoring, recursive: true);
            return (manifest, replaced);
        }
        finally
        {
            if (Directory.Exists(unpacked))
            {
                Directory.Delete(unpacked, recursive: true);
            }
        }
    }

    private static BackupManifest Unpack(string file, string folder)
    {
        try
        {
            using (var zip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress))
            {
                TarFile.ExtractToDirectory(zip, folder, overwriteFiles: false);
            }

            var manifest = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(folder, BackupManifest.FileName)), BackupJson.Default.BackupManifest)!;
            if (manifest.Format != BackupManifest.CurrentFormat)
            {
                throw new BackupException($"{file} is a backup of another format ({manifest.Format}, this version knows {BackupManifest.CurrentFormat}), of PluginHost {manifest.Version}. Nothing was changed. Restore it with that version.");
            }

            // A history of a newer version is refused before it takes the place of one that can be read.
            SqliteBackup.Check(Path.Combine(folder, Path.GetFileName(DataDirectory.DatabaseOf(""))));
            foreach (var unpacked in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                using var opened = File.OpenHandle(unpacked, FileMode.Open, FileAccess.ReadWrite);
                RandomAccess.FlushToDisk(opened);
            }

            return manifest;
        }
        catch (Exception failure) when (failure is InvalidDataException or FormatException or EndOfStreamException or JsonException or FileNotFoundException or InvalidOperationException)
        {
            throw new BackupException($"{file} is no whole backup of a plugin host: {failure.Message} Nothing was changed.", failure);
        }
    }

    private static string? MoveAside(string root, string aside)
    {
        var there = BackedUp.Names.Concat(BackedUp.Sources(root).Select(source => Path.GetRelativePath(root, BackedUp.AcceptedCommitOf(source))))
            .Where(name => Path.Exists(Path.Combine(root, name))).ToList();
        foreach (var name in there)
        {
            Move(Path.Combine(root, name), Path.Combine(aside, name));
        }

        return there.Count > 0 ? aside : null;
    }

    private static void MoveIn(string from, string root)
    {
        File.Delete(Path.Combine(from, BackupManifest.FileName));
        foreach (var source in BackedUp.Sources(from))
        {
            Move(BackedUp.AcceptedCommitOf(source), Path.Combine(root, Path.GetRelativePath(from, BackedUp.AcceptedCommitOf(source))));
        }

        foreach (var name in BackedUp.Names.Where(name => Path.Exists(Path.Combine(from, name))))
        {
            Move(Path.Combine(from, name), Path.Combine(root, name));
        }
    }

    private static void Move(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to);
        }
    }
}
