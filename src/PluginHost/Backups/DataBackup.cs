using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using PluginHost.History.Sqlite;
using PluginHost.Hosting;

namespace PluginHost.Backups;

/// <summary>Copies a data directory into one file, also while a host works on it.</summary>
/// <remarks>
/// The history comes first, as it is at one moment. Whatever it speaks of was on disk before it was written there, and so
/// is found afterwards: builds never change once they are there, and logs only grow. Clones and the folders of builds are left out, for
/// they are made again from what is in the repositories.
/// </remarks>
internal static class DataBackup
{
    /// <summary>Writes the backup. The file appears whole or not at all.</summary>
    /// <exception cref="BackupException">There is nothing to back up, or the file is there already.</exception>
    public static BackupManifest Write(string dataDirectory, string file, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var history = DataDirectory.DatabaseOf(dataDirectory);
        if (!File.Exists(history))
        {
            throw new BackupException($"There is no history in {dataDirectory}, so there is nothing to back up. Name the host's data directory with --data.");
        }

        if (File.Exists(file))
        {
            throw new BackupException($"{file} is there already, and a backup overwrites nothing. Name another file.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        var temporary = $"{file}.{Guid.NewGuid():n}";
        var copy = $"{temporary}.history";
        try
        {
            SqliteBackup.Copy(history, copy);
            var manifest = new BackupManifest(BackupManifest.CurrentFormat, HostSummary.Version, now, SqliteBackup.Check(copy));
            using (var stream = PrivateFile.Create(temporary))
            {
                using (var zip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true))
                using (var tar = new TarWriter(zip))
                {
                    Write(tar, dataDirectory, copy, manifest, cancellationToken);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, file);
            return manifest;
        }
        finally
        {
            File.Delete(copy);
            File.Delete(temporary);
        }
    }

    private static void Write(TarWriter tar, string dataDirectory, string history, BackupManifest manifest, CancellationToken cancellationToken)
    {
        using var said = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest, BackupJson.Default.BackupManifest));
        tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, BackupManifest.FileName) { DataStream = said });
        tar.WriteEntry(history, Path.GetFileName(DataDirectory.DatabaseOf("")));
        foreach (var file in BackedUp.FilesIn(dataDirectory))
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(tar, file, Path.GetRelativePath(dataDirectory, file).Replace('\\', '/'), $"{history}.file");
        }
    }

    /// <summary>By way of a copy: a log may grow while it is read, and what has begun in the archive has a length that is said before.</summary>
    private static void Add(TarWriter tar, string file, string name, string copy)
    {
        try
        {
            File.Copy(file, copy, overwrite: true);
            tar.WriteEntry(copy, name);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // Retention has deleted it meanwhile.
        }
        finally
        {
            File.Delete(copy);
        }
    }
}
