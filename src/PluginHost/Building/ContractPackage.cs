using System.IO.Compression;
using System.Security.Cryptography;
using PluginHost.Hosting;

namespace PluginHost.Building;

/// <summary>The contract package of the host's own version, carried within the engine and offered to builds as a NuGet source.</summary>
internal sealed class ContractPackage
{
    private const string PackageId = "PluginHost.Abstractions";
    private const string AssemblyEntry = $"lib/net10.0/{PackageId}.dll";

    // What else of it a build reads.
    private static readonly string[] Folders = ["build/", "analyzers/"];

    private readonly byte[] _package = Read();

    public ContractPackage(DataDirectory data)
    {
        Version = typeof(IScript).Assembly.GetCustomAttributes(false)
            .OfType<System.Reflection.AssemblyInformationalVersionAttribute>().Single().InformationalVersion.Split('+')[0];
        Hash = Convert.ToHexStringLower(SHA256.HashData(_package));
        Folder = Path.Combine(data.Builds, ".contract");
        Unpacked = Path.Combine(Folder, "unpacked", Hash[..16]);
    }

    public string Version { get; }

    /// <summary>The folder that builds have as an additional NuGet source.</summary>
    public string Folder { get; }

    /// <summary>The folder that builds have as a fallback folder: what lies there needs no source, so no mapping of packages to sources keeps it away.</summary>
    public string Unpacked { get; }

    /// <summary>Names the contract's content: two hosts with the same one build the same.</summary>
    public string Hash { get; }

    /// <summary>Writes the package where a build finds it.</summary>
    public void Offer()
    {
        var file = Path.Combine(Folder, $"{PackageId}.{Version}.nupkg");
        if (!File.Exists(file) || !File.ReadAllBytes(file).AsSpan().SequenceEqual(_package))
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllBytes(file, _package);
        }

        Unpack();
        ForgetStaleCopy();
    }

    /// <summary>As NuGet lays a package out that it has taken in. It counts as complete when its metadata is there, so that comes last.</summary>
    private void Unpack()
    {
        var folder = Path.Combine(Unpacked, PackageId.ToLowerInvariant(), Version.ToLowerInvariant());
        var metadata = Path.Combine(folder, ".nupkg.metadata");
        if (File.Exists(metadata))
        {
            return;
        }

        var hash = Convert.ToBase64String(SHA512.HashData(_package));
        var package = Path.Combine(folder, $"{PackageId}.{Version}.nupkg".ToLowerInvariant());
        using (var archive = new ZipArchive(new MemoryStream(_package)))
        {
            archive.ExtractToDirectory(folder, overwriteFiles: true);
        }

        // NuGet looks for the manifest under the id in small letters.
        File.Move(Path.Combine(folder, $"{PackageId}.nuspec"), Path.Combine(folder, $"{PackageId.ToLowerInvariant()}.nuspec"), overwrite: true);
        File.WriteAllBytes(package, _package);
        File.WriteAllText($"{package}.sha512", hash);
        File.WriteAllText(metadata, $$"""{ "version": 2, "contentHash": "{{hash}}", "source": null }""");
    }

    /// <summary>
    /// NuGet never looks again at a version that it has unpacked. A contract that changed without a new version, as it
    /// does while it is worked on, would not reach the plugins.
    /// </summary>
    private void ForgetStaleCopy()
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var unpacked = Path.Combine(packages, PackageId.ToLowerInvariant(), Version.ToLowerInvariant());
        if (Directory.Exists(unpacked) && !IsSame(unpacked))
        {
            Directory.Delete(unpacked, recursive: true);
        }
    }

    private bool IsSame(string unpacked)
    {
        using var archive = new ZipArchive(new MemoryStream(_package));
        return archive.Entries
            .Where(entry => entry.FullName == AssemblyEntry || Folders.Any(folder => entry.FullName.StartsWith(folder, StringComparison.Ordinal)))
            .All(entry => IsSame(entry, Path.Combine(unpacked, entry.FullName)));
    }

    private static bool IsSame(ZipArchiveEntry entry, string file)
    {
        if (!File.Exists(file))
        {
            return false;
        }

        using var content = new MemoryStream();
        using var packed = entry.Open();
        packed.CopyTo(content);
        return content.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(file));
    }

    private static byte[] Read()
    {
        using var resource = typeof(ContractPackage).Assembly.GetManifestResourceStream($"{PackageId}.nupkg")
            ?? throw new InvalidOperationException("This build of PluginHost does not carry the contract package. Build it with its own project file.");
        using var content = new MemoryStream();
        resource.CopyTo(content);
        return content.ToArray();
    }
}
