using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.History;
using PluginHost.Retention;
using PluginHost.Swapping;

namespace PluginHost.Cluster.Builds;

/// <summary>Builds shared through a folder: one file for each, which appears whole or not at all.</summary>
internal sealed class FolderArtifacts(IOptions<ClusterOptions> options, IOptions<PluginHostOptions> host, PinStore pins, LiveRegistry live, TimeProvider time) : ISharedArtifacts
{
    private const string Extension = ".zip";

    // EWOULDBLOCK, and Windows' sharing violation. What else there may be, such as a full disk, no waiting mends.
    private const int UnixInUse = 11;
    private const int MacInUse = 35;
    private const int WindowsInUse = unchecked((int)0x80070020);

    private static readonly TimeSpan ClaimInterval = TimeSpan.FromMilliseconds(100);

    // Of a host that was killed while it wrote, or of a commit of long ago.
    private static readonly TimeSpan Stale = TimeSpan.FromDays(1);

    // A build may have been made for the system that it was made on.
    private readonly string _root = Path.Combine(Path.GetFullPath(options.Value.Builds.Folder!), RuntimeInformation.RuntimeIdentifier);

    public bool IsOn => true;

    public long MaxBytes => options.Value.Builds.MaxBytes;

    /// <remarks>The lock of a file ends with its process, here as over a network file system that has locks. Where it has none, several hosts build the same.</remarks>
    public async Task<IAsyncDisposable?> ClaimAsync(string work, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var path = Path.Combine(Claims, $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(work)))[..32]}.lock");
        Directory.CreateDirectory(Claims);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException failure) when (failure.HResult is UnixInUse or MacInUse or WindowsInUse)
            {
                if (time.GetElapsedTime(begun) >= options.Value.Builds.Wait)
                {
                    return null;
                }
            }

            await Task.Delay(ClaimInterval, time, cancellationToken);
        }
    }

    public Task<IReadOnlyList<PluginArtifact>> ListAsync(string pluginId, CancellationToken cancellationToken) => Task.Run<IReadOnlyList<PluginArtifact>>(
        () => Directory.Exists(FolderOf(pluginId))
            ? [.. new DirectoryInfo(FolderOf(pluginId)).EnumerateFiles($"*{Extension}").OrderByDescending(file => file.LastWriteTimeUtc).Select(TryRead).OfType<PluginArtifact>()]
            : [],
        cancellationToken);

    public async Task<byte[]?> FetchAsync(PluginArtifact artifact, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(PathOf(artifact.PluginId, artifact.ContentKey), cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public async Task PutAsync(PluginArtifact artifact, byte[] package, CancellationToken cancellationToken)
    {
        var place = PathOf(artifact.PluginId, artifact.ContentKey);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        var written = $"{place}.{Guid.NewGuid():n}.tmp";
        try
        {
            await using (var file = new FileStream(written, FileMode.CreateNew, FileAccess.Write))
            {
                await file.WriteAsync(package, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(written, place, overwrite: true);
        }
        finally
        {
            File.Delete(written);
        }

        await Task.Run(Sweep, cancellationToken);
    }

    private string Claims => Path.Combine(_root, ".claims");

    private static PluginArtifact? TryRead(FileInfo file)
    {
        try
        {
            using var package = file.OpenRead();
            return ArtifactPackage.ReadDescription(package);
        }
        catch (Exception failure) when (failure is JsonException or InvalidDataException or FileNotFoundException)
        {
            // Damaged, gone meanwhile, or of another version of PluginHost: not for this host, which builds it.
            return null;
        }
    }

    /// <summary>Deletes what is no longer kept. What is live here, and what is pinned, stays.</summary>
    private void Sweep()
    {
        var (kept, now) = (host.Value.Retention.Versions, time.GetUtcNow());
        var perPlugin = new RetentionLimit { Count = Math.Max(1, kept.Count ?? int.MaxValue), Age = kept.Age };
        var plugins = new DirectoryInfo(_root).EnumerateDirectories().Where(folder => !folder.Name.StartsWith('.')).Select(folder => folder.EnumerateFiles($"*{Extension}").Select(Kept).ToList()).ToList();
        var excess = plugins.SelectMany(files => RetentionRule.Excess(files, perPlugin, now))
            .Concat(RetentionRule.Excess(plugins.SelectMany(files => files), new RetentionLimit { Bytes = options.Value.Builds.MaxTotalBytes }, now))
            .Where(file => !IsInUse(file.Directory!.Name, Path.GetFileNameWithoutExtension(file.Name)));
        foreach (var file in excess.Concat(new DirectoryInfo(_root).EnumerateFiles("*.tmp", SearchOption.AllDirectories).Where(IsStale)).Concat(new DirectoryInfo(Claims).EnumerateFiles().Where(IsStale)).ToList())
        {
            // Another host may be at the same.
            file.Delete();
        }

        bool IsStale(FileInfo file) => now - file.LastWriteTimeUtc > Stale;
    }

    private static Kept<FileInfo> Kept(FileInfo file) => new(file, file.LastWriteTimeUtc, file.Length);

    private bool IsInUse(string plugin, string contentKey) =>
        pins.Find(plugin)?.ContentKey == contentKey || live.Current.Plugins.GetValueOrDefault(plugin)?.Version.Artifact.ContentKey == contentKey;

    private string FolderOf(string pluginId) => Path.Combine(_root, pluginId.ToLowerInvariant());

    private string PathOf(string pluginId, string contentKey) => Path.Combine(FolderOf(pluginId), contentKey + Extension);
}
