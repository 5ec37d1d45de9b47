using System.IO.Compression;
using System.Text.RegularExpressions;
using PluginHost.Planning;
using PluginHost.Sources;

namespace PluginHost.Building;

/// <summary>Finds out from a finished batch everything that went into each of its projects.</summary>
internal sealed partial class InputReader
{
    private readonly Workspace _workspace;
    private readonly SourceTree _tree;
    private readonly IReadOnlyDictionary<string, ProjectFacts> _facts;

    // Null when the build was ended while it wrote them: then nobody knows what else went into it.
    private readonly IReadOnlyList<string>? _imported;

    /// <summary>Reads what the batch left behind.</summary>
    /// <param name="workspace">Where it ran.</param>
    /// <param name="tree">The commit it built.</param>
    /// <param name="facts">What each project said of itself.</param>
    /// <param name="importsArchive">The archive of every project file that MSBuild read, which it writes beside the binary log.</param>
    public InputReader(Workspace workspace, SourceTree tree, IReadOnlyDictionary<string, ProjectFacts> facts, string importsArchive)
    {
        _workspace = workspace;
        _tree = tree;
        _facts = facts;
        _imported = ReadImported(importsArchive);
    }

    /// <summary>What went into a project, or null when its build ended before it said so.</summary>
    /// <param name="project">The project file, from the root of the repository.</param>
    /// <param name="environment">What besides the commit decides the output.</param>
    public InputManifest? Read(string project, string environment)
    {
        var projects = Closure(project);
        return projects is null || _imported is null
            ? null
            : InputManifest.Capture(_tree, projects.SelectMany(Files), Folders(projects), environment);
    }

    /// <summary>What decides which packages a project gets, or null when its build ended before it said so.</summary>
    public InputManifest? ReadOfPackages(string project, string environment) =>
        Closure(project) is { } projects && _imported is not null ? InputManifest.Capture(_tree, projects.SelectMany(ProjectFiles), [], environment) : null;

    /// <summary>The projects that a project is built from, itself first; null when one of them did not say.</summary>
    /// <param name="project">The project file, from the root of the repository.</param>
    /// <param name="onlyKnown">Whether those that did not say are passed over instead.</param>
    public IReadOnlyList<string>? Closure(string project, bool onlyKnown = false)
    {
        var found = new List<string> { project };
        for (var i = 0; i < found.Count; i++)
        {
            if (FactsOf(found[i]) is not { } facts)
            {
                if (onlyKnown)
                {
                    continue;
                }

                return null;
            }

            // A reference out of the repository is not an input that a commit could change.
            found.AddRange(facts.References.Select(_workspace.PathOf).OfType<string>().Except(found).ToList());
        }

        return found;
    }

    /// <summary>The full paths of projects that are not there, and that a project references, or one that it references does.</summary>
    public IEnumerable<string> MissingReferences(string project) =>
        Closure(project, onlyKnown: true)!.SelectMany(own => FactsOf(own)?.References ?? []).Where(reference => !File.Exists(reference)).Distinct();

    /// <summary>The full paths of projects out of the repository that a project references, or one that it references does.</summary>
    public IEnumerable<string> ReferencesOutside(string project) =>
        Closure(project, onlyKnown: true)!.SelectMany(own => FactsOf(own)?.References ?? []).Where(reference => _workspace.PathOf(reference) is null).Distinct();

    private IEnumerable<string> Files(string project) => FactsOf(project)!.Inputs
        .Concat(FactsOf(project)!.Items.Select(item => item.Path))
        .Select(_workspace.PathOf).OfType<string>().Concat(ProjectFiles(project));

    /// <summary>A project's own folder counts as a whole: a target may read any file of it. Elsewhere, what a pattern would find.</summary>
    private HashSet<string> Folders(IReadOnlyList<string> projects)
    {
        var own = projects.Select(RepositoryPath.Folder).ToHashSet();
        var found = projects.SelectMany(project => FactsOf(project)!.Items)
            .Select(item => _workspace.PathOf(item.Path) is { } path && !own.Any(folder => RepositoryPath.IsWithin(path, folder)) ? PatternOf(item, path, own) : null);
        return [.. own, .. found.OfType<string>()];
    }

    private string PatternOf(ItemFact item, string path, IEnumerable<string> projectFolders)
    {
        var folder = RepositoryPath.Folder(path);
        var extension = Path.GetExtension(path);
        if (item.Below.Length > 0 && $"/{folder}/".EndsWith($"/{item.Below}", StringComparison.Ordinal))
        {
            var top = $"{folder}/"[..^item.Below.Length].TrimEnd('/');
            return InputFolder.Pattern(SymbolicLinks.RealPath(_tree, top), extension, recursive: true);
        }

        // Nobody can tell what named a file at the top of a pattern. A folder around the projects themselves is hardly
        // meant with all below it.
        folder = SymbolicLinks.RealPath(_tree, folder);
        return InputFolder.Pattern(folder, extension, recursive: !projectFolders.Any(project => RepositoryPath.IsWithin(project, folder)));
    }

    private IEnumerable<string> ProjectFiles(string project) => Imports(project).Prepend(project).Concat(WellKnownFiles.For(project));

    private ProjectFacts? FactsOf(string project) =>
        _facts.GetValueOrDefault(Path.Combine(_workspace.Root, project.Replace('/', Path.DirectorySeparatorChar)));

    /// <summary>The files that a project imports, and those that they import. MSBuild tells which files the whole batch read; the texts tell which of them this project asked for.</summary>
    private IReadOnlyList<string> Imports(string project)
    {
        var found = new List<string> { project };
        found.AddRange(WellKnownFiles.For(project).Where(_imported!.Contains));
        for (var i = 0; i < found.Count; i++)
        {
            if (_tree.FindFile(found[i]) is null)
            {
                continue;
            }

            var text = File.ReadAllText(Path.Combine(_workspace.Root, found[i]));
            var imports = ImportedProject().Matches(text).Select(match => match.Groups["path"].Value.Replace('\\', '/')).ToList();
            var names = imports.Select(RepositoryPath.Name).ToList();
            found.AddRange(_imported!.Where(file => names.Any(name => MayName(name, file)))
                .Concat(imports.Select(import => Literal(import, project, found[i])).OfType<string>())
                .Except(found).ToList());
        }

        return found;
    }

    /// <summary>What an import names, there or not: one with a condition may find it in the next commit. Null when only MSBuild can tell.</summary>
    private static string? Literal(string import, string project, string importing)
    {
        const string ThisFile = "$(MSBuildThisFileDirectory)";
        const string ProjectDirectory = "$(MSBuildProjectDirectory)";
        var (folder, path) =
            import.StartsWith(ThisFile, StringComparison.OrdinalIgnoreCase) ? (RepositoryPath.Folder(importing), import[ThisFile.Length..].TrimStart('/'))
            : import.StartsWith(ProjectDirectory, StringComparison.OrdinalIgnoreCase) ? (RepositoryPath.Folder(project), import[ProjectDirectory.Length..].TrimStart('/'))
            : (RepositoryPath.Folder(importing), import);
        return path.AsSpan().ContainsAny("$*?%@") ? null : RepositoryPath.Resolve(folder, path);
    }

    // A name with a property or a wildcard in it could be any of them.
    private static bool MayName(string name, string file) =>
        name.AsSpan().ContainsAny("$*?") ? !WellKnownFiles.IsProject(file) : name.Equals(RepositoryPath.Name(file), StringComparison.OrdinalIgnoreCase);

    private List<string>? ReadImported(string importsArchive)
    {
        if (!File.Exists(importsArchive))
        {
            return [];
        }

        // The archive names files by their full path without what cannot stand in one, such as a drive's colon.
        var root = _workspace.Root.Replace('\\', '/').Replace(":", "", StringComparison.Ordinal).TrimStart('/') + "/";
        try
        {
            using var archive = ZipFile.OpenRead(importsArchive);
            return
            [
                .. archive.Entries
                    .Select(entry => entry.FullName.Replace('\\', '/').TrimStart('/'))
                    .Where(name => name.StartsWith(root, StringComparison.OrdinalIgnoreCase))
                    .Select(name => name[root.Length..])
                    .Where(path => _tree.FindFile(path) is not null),
            ];
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    [GeneratedRegex("""<Import\s[^>]*Project\s*=\s*["'](?<path>[^"']+)["']""", RegexOptions.IgnoreCase)]
    private static partial Regex ImportedProject();
}
