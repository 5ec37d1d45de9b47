using System.Globalization;
using System.Text;

namespace PluginHost.Sources.Drops;

/// <summary>The files that lie in a drop, without its manifest and the signature of that, by their paths with forward slashes.</summary>
internal sealed class DropFiles
{
    /// <summary>How large the files of a drop may be together: whoever can write to the folder must not keep the host busy without end.</summary>
    public const long MaxBytes = 4L << 30;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly SortedDictionary<string, FileInfo> _files = new(StringComparer.Ordinal);
    private readonly string _folder;

    private DropFiles(string folder)
    {
        _folder = folder;
        Add(new DirectoryInfo(folder), "");
    }

    public IEnumerable<string> Names => _files.Keys;

    /// <summary>A file or folder that is a link: its content may lie anywhere. Null when there is none.</summary>
    public string? Link { get; private set; }

    public static DropFiles List(string folder) => new(folder);

    /// <summary>Changes when a file comes, goes or is written to, as far as the file system tells.</summary>
    public string Fingerprint()
    {
        var text = new StringBuilder(Link).Append('\n');
        foreach (var (name, file) in _files)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}\t{file.Length}\t{file.LastWriteTimeUtc.Ticks}\n");
        }

        return text.ToString();
    }

    public IReadOnlyDictionary<string, string> Hash() => _files.Keys.ToDictionary(name => name, name => RegularFile.Hash(_folder, name));

    /// <summary>How they differ from what a manifest says, a clause that names the file; null when they do not.</summary>
    /// <exception cref="InvalidDataException">One is no regular file. The message is a clause that names it.</exception>
    public string? FindFault(DropManifest manifest) =>
        Link is not null ? $"{Link} is a symbolic link, and a drop holds the files themselves"
        : manifest.Files.Keys.FirstOrDefault(name => !_files.ContainsKey(name)) is { } missing ? $"its file {missing} is missing"
        : _files.Keys.FirstOrDefault(name => !manifest.Files.ContainsKey(name)) is { } extra ? $"its file {extra} is not in {DropManifest.FileName}"
        : FindExcess() is { } excess ? excess
        : manifest.Files.FirstOrDefault(file => RegularFile.Hash(_folder, file.Key) != file.Value) is { Key: { } changed } ? $"its file {changed} is not the one that {DropManifest.FileName} names (another SHA-256)"
        : null;

    /// <summary>Says that they are too large, a clause; else null.</summary>
    public string? FindExcess() => _files.Values.Sum(file => (decimal)file.Length) > MaxBytes ? $"its files are larger than {MaxBytes} bytes together" : null;

    private void Add(DirectoryInfo folder, string prefix)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos("*", Everything))
        {
            var path = RepositoryPath.Join(prefix, entry.Name);
            if (entry.LinkTarget is not null)
            {
                Link ??= path;
            }
            else if (entry is DirectoryInfo below)
            {
                Add(below, path);
            }
            else if (path is not (DropManifest.FileName or DropSignatures.FileName))
            {
                _files[path] = (FileInfo)entry;
            }
        }
    }
}
