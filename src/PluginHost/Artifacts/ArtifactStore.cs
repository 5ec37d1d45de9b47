using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using PluginHost.Hosting;
using PluginHost.Sources.Drops;

namespace PluginHost.Artifacts;

/// <summary>Keeps builds: one folder for each content key, which appears whole or not at all and never changes.</summary>
internal sealed partial class ArtifactStore(DataDirectory data, ArtifactCatalog catalog, ILogger<ArtifactStore> logger)
{
    private const string DescriptionFile = "artifact.json";
    private const string FilesFolder = "files";

    /// <summary>Fills the catalogue with what earlier runs of the host kept.</summary>
    public void Load()
    {
        // What a killed host left half copied.
        if (Directory.Exists(data.ArtifactStaging))
        {
            Directory.Delete(data.ArtifactStaging, recursive: true);
        }

        Directory.CreateDirectory(data.Artifacts);
        var stored = Directory.EnumerateDirectories(data.Artifacts).SelectMany(Directory.EnumerateDirectories).Select(Read);
        foreach (var artifact in stored.OfType<PluginArtifact>().OrderBy(artifact => artifact.BuiltAt))
        {
            catalog.Add(artifact);
        }
    }

    /// <summary>Copies a build's output to its place.</summary>
    /// <param name="artifact">What is known of it.</param>
    /// <param name="outputDirectory">Where the output is.</param>
    /// <param name="files">The files to take, with the SHA-256 that the copies must have; null for all, as they are.</param>
    /// <exception cref="InvalidDataException">A file is not what it must be, or cannot be copied; nothing is kept. The message is a clause that names it.</exception>
    /// <returns>The artifact as it is kept; when that content was kept before, the one from then.</returns>
    public PluginArtifact Keep(PluginArtifact artifact, string outputDirectory, IReadOnlyDictionary<string, string>? files = null)
    {
        if (catalog.Find(artifact.PluginId, artifact.ContentKey) is { } known)
        {
            return known;
        }

        var staging = Path.Combine(data.ArtifactStaging, Guid.NewGuid().ToString("n"));
        try
        {
            return Publish(artifact, staging, outputDirectory, files);
        }
        catch
        {
            // What is left is of no use, and on a full disk it takes the place of what is tried next.
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }

            throw;
        }
    }

    /// <summary>Takes in what another host has built.</summary>
    /// <exception cref="InvalidDataException">It is not what was built; nothing is kept.</exception>
    public PluginArtifact Keep(PluginArtifact artifact, byte[] package)
    {
        var unpacked = Path.Combine(data.ArtifactStaging, Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(unpacked);
        try
        {
            ArtifactPackage.Unpack(package, artifact, unpacked);
            return Keep(artifact, unpacked);
        }
        finally
        {
            Directory.Delete(unpacked, recursive: true);
        }
    }

    /// <summary>Compares a build with what was built: a disk, a crash or a script may have changed it. Files that came later do not count.</summary>
    /// <returns>What is wrong with it, a clause that names the file; null when it is as it was built.</returns>
    public static string? FindDamage(PluginArtifact artifact)
    {
        if (artifact.Files is null)
        {
            return File.Exists(artifact.AssemblyPath) ? null : $"its file {artifact.AssemblyFile} is gone";
        }

        foreach (var (name, hash) in artifact.Files)
        {
            try
            {
                if (HashFile(Path.Combine(artifact.Directory, name)) != hash)
                {
                    return $"its file {name} is no longer what was built";
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                return failure is FileNotFoundException or DirectoryNotFoundException ? $"its file {name} is gone" : $"its file {name} cannot be read ({failure.Message})";
            }
        }

        return null;
    }

    /// <summary>Deletes a build; it is no longer in the catalogue, whatever happens to its files.</summary>
    public void Delete(PluginArtifact artifact)
    {
        catalog.Remove(artifact);

        // Out of its place in one step: a host that is killed meanwhile must not find half of it.
        var staging = Path.Combine(data.ArtifactStaging, Guid.NewGuid().ToString("n"));
        Directory.CreateDirectory(data.ArtifactStaging);
        if (Path.GetDirectoryName(artifact.Directory)! is var place && Directory.Exists(place))
        {
            Directory.Move(place, staging);
            Directory.Delete(staging, recursive: true);
        }
    }

    private PluginArtifact? Read(string place)
    {
        try
        {
            var artifact = JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(place, DescriptionFile)), ArtifactJson.Default.PluginArtifact)!
                with { Directory = Path.Combine(place, FilesFolder) };
            if (File.Exists(artifact.AssemblyPath))
            {
                return artifact;
            }

            LogUnreadable(place, $"Its {artifact.AssemblyFile} is gone.");
            return null;
        }
        catch (Exception failure) when (failure is IOException or JsonException or UnauthorizedAccessException)
        {
            LogUnreadable(place, failure.Message);
            return null;
        }
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            using var source = File.OpenRead(file);
            Write(source, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    private PluginArtifact Publish(PluginArtifact artifact, string staging, string outputDirectory, IReadOnlyDictionary<string, string>? files)
    {
        var place = Path.Combine(staging, FilesFolder);
        if (files is null)
        {
            CopyFolder(outputDirectory, place);
        }
        else
        {
            Copy(outputDirectory, place, files);
        }

        var hashes = HashFiles(place);
        var kept = artifact with { OutputHash = HashOf(hashes), Files = hashes, Bytes = new DirectoryInfo(place).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length) };
        WriteThrough(Path.Combine(staging, DescriptionFile), JsonSerializer.SerializeToUtf8Bytes(kept, ArtifactJson.Default.PluginArtifact));

        place = Path.Combine(data.Artifacts, artifact.PluginId, artifact.ContentKey[..16]);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        if (Directory.Exists(place))
        {
            // A folder without a readable description: it is not in the catalogue, so nothing was loaded from it.
            Directory.Delete(place, recursive: true);
        }

        Directory.Move(staging, place);
        kept = kept with { Directory = Path.Combine(place, FilesFolder) };
        catalog.Add(kept);
        return kept;
    }

    /// <summary>The copies are what is compared: whatever happens to the originals from here on changes nothing.</summary>
    private static void Copy(string from, string to, IReadOnlyDictionary<string, string> files)
    {
        foreach (var (name, hash) in files)
        {
            var target = Path.Combine(to, name);
            try
            {
                CopyOne(from, name, target);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new InvalidDataException($"its file {name} cannot be copied ({failure.Message})", failure);
            }

            if (HashFile(target) != hash)
            {
                throw new InvalidDataException($"its file {name} was changed after it was found whole");
            }
        }
    }

    private static void CopyOne(string from, string name, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var source = RegularFile.Open(from, name);
        using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        RegularFile.CopyTo(source, name, chunk => copy.Write(chunk.Span));
        copy.Flush(flushToDisk: true);
    }

    private static void Write(FileStream source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write);
        source.CopyTo(copy);

        // The rename that publishes the folder must not reach the disk before its content does.
        copy.Flush(flushToDisk: true);
    }

    private static Dictionary<string, string> HashFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(folder, file), HashFile);

    private static string HashFile(string file)
    {
        using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    private static string HashOf(Dictionary<string, string> files)
    {
        var text = new StringBuilder();
        foreach (var (name, hash) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            text.Append(name).Append('\t').Append(hash).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static void WriteThrough(string path, byte[] content)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    [LoggerMessage(EventId = 401, Level = LogLevel.Warning, Message = "The artifact in '{Place}' cannot be read and is left out; its content is built again when it is needed. {Error}")]
    private partial void LogUnreadable(string place, string error);
}
