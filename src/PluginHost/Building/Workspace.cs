using PluginHost.Hosting;
using PluginHost.Sources;

namespace PluginHost.Building;

/// <summary>The files of a commit on disk, outside any clone: exactly what was committed, whatever a build has done to them since.</summary>
internal sealed class Workspace
{
    private readonly Dictionary<string, Written> _written = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lfsPointers = new(StringComparer.Ordinal);
    private readonly bool _isShared;
    private SourceTree? _current;
    private bool _isTidy;

    /// <param name="data">Where everything lies.</param>
    /// <param name="source">The source's name.</param>
    /// <param name="isShared">Whether builds may run as another user, of the folder's group.</param>
    public Workspace(DataDirectory data, string source, bool isShared = false)
    {
        _isShared = isShared;
        Folder = Path.Combine(data.Builds, source);
        Root = Path.Combine(Folder, "tree");
        Packages = new RestoredPackages(Path.Combine(Folder, "restored.json"));
    }

    /// <summary>What builds write in place of <see cref="Root"/>, so that the same content gives the same bytes anywhere.</summary>
    public const string MappedRoot = "/_";

    /// <summary>The same for <see cref="Output"/>.</summary>
    public const string MappedOutput = "/_output";

    /// <summary>Everything that building this source takes and leaves.</summary>
    public string Folder { get; }

    /// <summary>The folder that stands for the root of the repository.</summary>
    public string Root { get; }

    /// <summary>Where builds keep what they make, apart from the sources.</summary>
    public string Output => Path.Combine(Folder, "output");

    /// <summary>Whose packages are in place in <see cref="Output"/>.</summary>
    public RestoredPackages Packages { get; }

    /// <summary>Where one batch writes what it tells the host.</summary>
    public string Batch => Path.Combine(Folder, "batch");

    public void MoveTo(SourceSnapshot snapshot)
    {
        TidyUp();
        var before = _current ?? SourceTree.Empty;

        // Until the move is done, nobody knows what is there; and then a build comes.
        _current = null;
        _isTidy = false;
        var changes = SourceTree.Compare(before, snapshot.Tree).ToList();

        // All that goes before anything that comes: a folder may take the place of a file, and a file that of a folder.
        foreach (var (path, _) in changes)
        {
            Remove(path);
        }

        foreach (var (path, file) in changes)
        {
            if (file is not null)
            {
                Write(snapshot, path, file);
            }
        }

        _current = snapshot.Tree;
    }

    /// <summary>Undoes what builds have done to the tree since the last move, unless that is done: it looks at every file, which the next commit need not wait for.</summary>
    public void TidyUp()
    {
        if (_isTidy)
        {
            return;
        }

        if (_current is null)
        {
            Clear();
        }
        else if (!UndoWhatBuildsDid())
        {
            _current = SourceTree.Empty;
        }

        _isTidy = true;
    }

    /// <summary>The files that are not themselves here, but what git-lfs keeps in their place.</summary>
    public IReadOnlySet<string> LfsPointers => _lfsPointers;

    /// <summary>Whoever builds may write to a folder of ours, where that is another user.</summary>
    public void LetGroupWrite(string folder)
    {
        if (_isShared && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupWrite);
        }
    }

    /// <summary>The repository path of a file, or null when it is not in the tree.</summary>
    public string? PathOf(string file) => RepositoryPath.FromFile(Root, file);

    private void Clear()
    {
        _written.Clear();
        _lfsPointers.Clear();
        if (new DirectoryInfo(Root).LinkTarget is not null)
        {
            Directory.Delete(Root);
        }

        Directory.CreateDirectory(Root);

        // Not the folder itself: the next build may have been started in it already.
        foreach (var entry in new DirectoryInfo(Root).GetFileSystemInfos())
        {
            Delete(entry);
        }

        // MSBuild and the SDK look for these upwards. The search ends here, not in whatever holds the data directory.
        foreach (var (name, content) in BoundaryFiles)
        {
            File.WriteAllText(Path.Combine(Folder, name), content);
        }

        WriteNuGetBoundary(Path.Combine(Folder, "NuGet.config"), _isShared);
    }

    private static void Delete(FileSystemInfo entry)
    {
        if (entry is DirectoryInfo { LinkTarget: null } folder)
        {
            folder.Delete(recursive: true);
        }
        else
        {
            entry.Delete();
        }
    }

    private static void WriteNuGetBoundary(string path, bool isShared)
    {
        // It repeats settings of the user's own, a proxy's password perhaps: nobody may read it but who builds.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | (isShared ? UnixFileMode.GroupRead : UnixFileMode.None);
        }

        using var file = new FileStream(path, options);
        NuGetBoundary.Make().Save(file);
    }

    private static readonly (string Name, string Content)[] BoundaryFiles =
    [
        ("Directory.Build.props", "<Project />"),
        ("Directory.Build.targets", "<Project />"),
        ("Directory.Packages.props", "<Project />"),
        ("Directory.Build.rsp", ""),
        ("global.json", "{}"),
        (".editorconfig", "root = true"),
    ];

    private static readonly EnumerationOptions RealFiles = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint };

    /// <summary>Deletes files that a build added to the tree. Answers false when it also changed some, and the tree must be written anew.</summary>
    private bool UndoWhatBuildsDid()
    {
        var seen = 0;
        foreach (var file in new DirectoryInfo(Root).EnumerateFiles("*", RealFiles))
        {
            if (!_written.TryGetValue(PathOf(file.FullName)!, out var written))
            {
                file.Delete();
            }
            else if (written != Written.Of(file))
            {
                Clear();
                return false;
            }
            else
            {
                seen++;
            }
        }

        if (seen == _written.Count)
        {
            return true;
        }

        Clear();
        return false;
    }

    private void Write(SourceSnapshot snapshot, string path, SourceFile file)
    {
        var target = FullPath(path);
        switch (file.Kind)
        {
            case SourceFileKind.Submodule:
                // Another repository's content; what needs it fails to build, and says which file is missing.
                return;
            case SourceFileKind.SymbolicLink when SymbolicLinks.Target(snapshot.Tree, path, file) is null:
                // The planner refuses the plugin that has it; for the others it is not there.
                return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        if (file.Kind == SourceFileKind.SymbolicLink)
        {
            File.CreateSymbolicLink(target, file.LinkText!);
            return;
        }

        using (var content = snapshot.OpenContent(file.Id))
        using (var copy = new FileStream(target, FileMode.CreateNew, FileAccess.Write))
        {
            content.CopyTo(copy);
        }

        if (file.Kind == SourceFileKind.Executable && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, File.GetUnixFileMode(target) | UnixFileMode.UserExecute);
        }

        var written = new FileInfo(target);
        _written[path] = Written.Of(written);
        if (LfsPointer.Is(written))
        {
            _lfsPointers.Add(path);
        }
    }

    private void Remove(string path)
    {
        _written.Remove(path);
        _lfsPointers.Remove(path);
        var target = FullPath(path);
        if (Path.Exists(target) && !Directory.Exists(target) || new FileInfo(target).LinkTarget is not null)
        {
            File.Delete(target);
        }

        // git knows no empty folders.
        for (var folder = Path.GetDirectoryName(target)!; folder.Length > Root.Length; folder = Path.GetDirectoryName(folder)!)
        {
            if (!Directory.Exists(folder))
            {
                continue;
            }

            if (Directory.EnumerateFileSystemEntries(folder).Any())
            {
                break;
            }

            Directory.Delete(folder);
        }
    }

    private string FullPath(string path) => Path.Combine(Root, path.Replace('/', Path.DirectorySeparatorChar));

    private readonly record struct Written(long Length, DateTime ModifiedAt)
    {
        public static Written Of(FileInfo file) => new(file.Length, file.LastWriteTimeUtc);
    }
}
