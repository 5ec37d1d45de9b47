using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace PluginHost.Artifacts;

/// <summary>A build as one piece, a zip archive: its description and its files.</summary>
internal static class ArtifactPackage
{
    private const string DescriptionEntry = "artifact.json";
    private const string FilesPrefix = "files/";

    /// <exception cref="InvalidDataException">The build has been changed since it was kept, or was kept before there were hashes: others could not check it.</exception>
    public static byte[] Pack(PluginArtifact artifact)
    {
        using var content = new MemoryStream();
        using (var archive = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            Add(archive, DescriptionEntry, JsonSerializer.SerializeToUtf8Bytes(artifact, ArtifactJson.Default.PluginArtifact));
            foreach (var (name, hash) in artifact.Files ?? throw new InvalidDataException("it was kept without the hashes of its files"))
            {
                var file = File.ReadAllBytes(Path.Combine(artifact.Directory, name));
                Check(name, file, hash);
                Add(archive, EntryOf(name), file);
            }
        }

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

            Check(name, file, hash);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, file);
        }
    }

    private static PluginArtifact Parse(PluginArtifact? artifact) => artifact ?? throw new InvalidDataException("its description is empty");

    private static string EntryOf(string name) => FilesPrefix + name.Replace(Path.DirectorySeparatorChar, '/');

    private static void Check(string name, byte[] file, string hash)
    {
        if (Convert.ToHexStringLower(SHA256.HashData(file)) != hash)
        {
            throw new InvalidDataException($"its file {name} is not what was built");
        }
    }

    private static void Add(ZipArchive archive, string name, byte[] content)
    {
        using var entry = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
        entry.Write(content);
    }
}
