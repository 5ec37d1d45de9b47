using System.Security.Cryptography;

namespace FolderChecksums;

// A run that takes a while says how far it has come, stops when it is told to, and leaves a result. All three can
// be seen on the run's page, and read from the API.
[Script(Description = "Computes the checksum of every file in a folder", Tags = ["example", "files"], Timeout = "10m")]
public sealed class ComputeChecksums : IScript
{
    [Parameter(Description = "The folder; empty means the plugin's own")]
    public string? Folder { get; init; }

    [Parameter(Description = "Which files")]
    public string Pattern { get; init; } = "*";

    [Parameter(Description = "How")]
    public Algorithm Algorithm { get; init; } = Algorithm.Sha256;

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var folder = string.IsNullOrEmpty(Folder) ? context.PluginDirectory : Folder;
        var files = Directory.GetFiles(folder, Pattern, SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);

        var checksums = new List<FileChecksum>();

        foreach (var path in files)
        {
            var name = Path.GetRelativePath(folder, path);
            context.ReportProgress((double)checksums.Count / files.Length, name);

            // Passing the token on is what makes the run's cancel button work.
            await using var content = File.OpenRead(path);
            var hash = await HashAsync(content, cancellationToken);
            checksums.Add(new FileChecksum(name, content.Length, Convert.ToHexStringLower(hash)));
        }

        context.ReportProgress(1, $"{checksums.Count} files");
        context.SetResult(new { folder, algorithm = Algorithm.ToString(), files = checksums });
    }

    private async Task<byte[]> HashAsync(Stream content, CancellationToken cancellationToken) => Algorithm switch
    {
        Algorithm.Sha256 => await SHA256.HashDataAsync(content, cancellationToken),
        Algorithm.Sha512 => await SHA512.HashDataAsync(content, cancellationToken),
        _ => throw new InvalidOperationException($"There is no algorithm '{Algorithm}'."),
    };
}

public enum Algorithm
{
    Sha256,
    Sha512,
}

public sealed record FileChecksum(string Name, long Bytes, string Checksum);
