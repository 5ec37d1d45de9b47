using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace PluginHost.Artifacts;

/// <summary>A build as one piece, a zip archive: its description and its files.</summary>
internal static class ArtifactPackage
{
    private const string DescriptionEntry = "artifact.json";
    private const string FilesPrefix = "files/";

    /// <param name="artifact">The build.</param>
    /// <param name="maxBytes">How large the package may be; no more than that, and a little, is held in memory.</param>
    /// <exception cref="InvalidDataException">The build is too large, has been changed since it was kept, or was kept before there were hashes: others could not check it.</exception>
    public static byte[] Pack(PluginArtifact artifact, long maxBytes)
    {
        using var content = new MemoryStream();
        var buffer = new byte[128 * 1024];
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, DescriptionEntry, JsonSerializer.SerializeToUtf8Bytes(artifact, ArtifactJson.Default.PluginArtifact));
            foreach (var (name, hash) in artifact.Files ?? throw new InvalidDataException("it was kept without the hashes of its files"))
            {
                using var file = File.OpenRead(Path.Combine(artifact.Directory, name));
                using var entry = archive.CreateEntry(EntryOf(name), CompressionLevel.Fastest).Open();
                using var seen = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                for (int read; (read = file.Read(buffer)) > 0;)
                {
                    seen.AppendData(buffer, 0, read);
                    entry.Write(buffer, 0, read);
                    Check(content, maxBytes);
                }

                Check(name, seen.GetHashAndReset(), hash);
            }
        }

        Check(content, maxBytes);
        return content.ToArray();
    }

    /// <summary>What a package says of itself.</summary>
    /// <exception cref="InvalidDataException">It is no package.</exception>
    public static PluginArtifact ReadDescription(Stream package)
    {
        using var archive = new ZipArchive(package, ZipArchiveMode.Read, leaveOpen: true);
        using var description = (archive.GetEntry(DescriptionEntry) ?? throw new InvalidDataException("it has no description")).Open();
        return Parse(JsonSerializer.Deserialize(description, ArtifactJson.Default.PluginArtifact));
    }

    /// <summary>The description as it stands beside a package.</summary>
    public static string Describe(PluginArtifact artifact) => JsonSerializer.Serialize(artifact, ArtifactJson.Default.PluginArtifact);

    /// <exception cref="JsonException">It is no description.</exception>
    public static PluginArtifact ReadDescription(string text) => Parse(JsonSerializer.Deserialize(text, ArtifactJson.Default.PluginArtifact));

    /// <summary>Writes the files of a build into an empty folder: those that its description names, each as it was built, and no others.</summary>
    /// <exception cref="InvalidDataException">One of them is missing, or is not what was built.</exception>
    public static void Unpack(byte[] package, PluginArtifact artifact, string folder)
    {
        using var archive = new ZipArchive(new MemoryStream(package));
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        foreach (var (name, hash) in artifact.Files ?? throw new InvalidDataException("it was kept without the hashes of its files"))
        {
            var target = Path.GetFullPath(Path.Combine(folder, name));
            var entry = archive.GetEntry(EntryOf(name)) ?? throw new InvalidDataException($"its file {name} is missing");
            if (!target.StartsWith(root, StringComparison.Ordinal) || entry.Length > artifact.Bytes)
            {
                throw new InvalidDataException($"its file {name} is none of a build");
            }

            var file = new byte[entry.Length];
            using (var packed = entry.Open())
            {
                packed.ReadExactly(file);
            }

            Check(name, SHA256.HashData(file), hash);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, file);
        }
    }

    private static PluginArtifact Parse(PluginArtifact? artifact) => artifact ?? throw new InvalidDataException("its description is empty");

    private static string EntryOf(string name) => FilesPrefix + name.Replace(Path.DirectorySeparatorChar, '/');

    private static void Check(string name, byte[] seen, string hash)
    {
        if (Convert.ToHexStringLower(seen) != hash)
        {
            throw new InvalidDataException($"its file {name} is not what was built");
        }
    }

    private static void Check(MemoryStream content, long maxBytes)
    {
        if (content.Length > maxBytes)
        {
            throw new InvalidDataException($"The build is more than {maxBytes} bytes, compressed, and larger ones are not shared (PluginHost:Cluster:Builds:MaxBytes), so each node builds it for itself.");
        }
    }

    private static void Add(ZipArchive archive, string name, byte[] content)
    {
        using var entry = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
        entry.Write(content);
    }
}
