using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using PluginHost.Sources;

namespace PluginHost.Planning;

/// <summary>Finds the plugins of a commit: the projects in the watched folder that reference the contract.</summary>
internal sealed partial class ProjectScanner
{
    // The project files of a folder, by their paths in it. A folder that did not change is the same object in the next
    // commit, and is not walked again.
    private readonly ConditionalWeakTable<SourceTree, IReadOnlyList<KeyValuePair<string, SourceFile>>> _projects = [];

    // By object id: a file that did not change is not read again.
    private readonly ConcurrentDictionary<string, Words> _words = new();

    /// <summary>The paths of the plugins' project files, in order.</summary>
    public IReadOnlyList<string> FindPlugins(SourceSnapshot snapshot, string folder)
    {
        var watched = snapshot.Tree.FindFolder(folder) ?? SourceTree.Empty;
        return
        [
            .. Projects(watched)
                .Select(file => KeyValuePair.Create(RepositoryPath.Join(folder, file.Key), file.Value))
                .Where(file => IsPlugin(Read(snapshot, file.Value), Inherited(snapshot, file.Key)))
                .Select(file => file.Key)
                .Order(StringComparer.Ordinal),
        ];
    }

    private IReadOnlyList<KeyValuePair<string, SourceFile>> Projects(SourceTree tree) => _projects.GetValue(tree, folder =>
    [
        .. folder.Files.Where(file => WellKnownFiles.IsProject(file.Key) && file.Value.Kind is SourceFileKind.Regular or SourceFileKind.Executable),
        .. folder.Folders.SelectMany(below => Projects(below.Value).Select(file => KeyValuePair.Create(RepositoryPath.Join(below.Key, file.Key), file.Value))),
    ]);

    // A test of a plugin refers to the contract, too. What a project says itself goes before what it inherits.
    private static bool IsPlugin(Words own, IReadOnlyList<Words> inherited) =>
        (own.ReferencesContract || inherited.Any(file => file.ReferencesContract))
        && (own.SaysYes || !(own.SaysNo || inherited.Any(file => file.SaysNo)));

    private List<Words> Inherited(SourceSnapshot snapshot, string project) =>
    [
        .. RepositoryPath.SelfAndAbove(RepositoryPath.Folder(project))
            .SelectMany(folder => new[] { "Directory.Build.props", "Directory.Build.targets" }.Select(name => RepositoryPath.Join(folder, name)))
            .Select(snapshot.Tree.FindFile).OfType<SourceFile>()
            .Select(file => Read(snapshot, file)),
    ];

    private Words Read(SourceSnapshot snapshot, SourceFile file) => _words.GetOrAdd(file.Id, _ =>
    {
        var text = Comment().Replace(snapshot.ReadText(file), "");
        return new Words(ContractReference().IsMatch(text), Yes().IsMatch(text), No().IsMatch(text));
    });

    private readonly record struct Words(bool ReferencesContract, bool SaysYes, bool SaysNo);

    // The text is searched, not evaluated: evaluating every project of a large repository takes minutes, and a project
    // that is not well formed must still be recognized, so that its build can say what is wrong.
    [GeneratedRegex("""<(PackageReference|ProjectReference|Reference)\s[^>]*Include\s*=\s*["'][^"']*PluginHost\.Abstractions(\.csproj)?["']""", RegexOptions.IgnoreCase)]
    private static partial Regex ContractReference();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex(@"<IsPluginHostPlugin>\s*true", RegexOptions.IgnoreCase)]
    private static partial Regex Yes();

    [GeneratedRegex("""<IsPluginHostPlugin>\s*false|<IsTestProject>\s*true|<PackageReference\s[^>]*Include\s*=\s*["']Microsoft\.NET\.Test\.Sdk["']""", RegexOptions.IgnoreCase)]
    private static partial Regex No();
}
