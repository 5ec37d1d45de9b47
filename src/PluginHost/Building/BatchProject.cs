using System.Xml.Linq;

namespace PluginHost.Building;

/// <summary>The project that builds the affected plugins of one commit, and nothing else, in one go.</summary>
internal static class BatchProject
{
    /// <summary>Writes it.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="projects">The full paths of the plugins' project files.</param>
    /// <param name="toRestore">Those of them whose packages are fetched first.</param>
    /// <param name="oneByOne">Whether each is restored by itself: slower, and one whose references cannot be followed does not spoil the others'.</param>
    /// <param name="restoredMark">The file to touch when that is done.</param>
    public static void Write(string file, IReadOnlyList<string> projects, IReadOnlyList<string> toRestore, bool oneByOne, string restoredMark)
    {
        // One restore for all of them and then one build, each going on past a project that fails. The restore is a
        // step of the build here, not `dotnet build`'s own: that one ends the build at its first error.
        new XDocument(
            new XElement(
                "Project",
                new XAttribute("DefaultTargets", "Build"),
                new XElement(
                    "PropertyGroup",
                    new XElement("PluginProjects", List(projects)),
                    new XElement("RestoreGraphProjectInput", List(toRestore))),
                new XElement("Import", new XAttribute("Project", "$(MSBuildToolsPath)/NuGet.targets")),
                new XElement(
                    "Target",
                    new XAttribute("Name", "Build"),
                    new XElement("ItemGroup", new XElement("PluginProject", new XAttribute("Include", "$(PluginProjects)"))),
                    toRestore.Count == 0 ? [] : Restore(oneByOne ? List(toRestore) : "$(MSBuildProjectFullPath)", restoredMark),
                    MSBuild("@(PluginProject)", "Build", null, inParallel: true))))
            .Save(file);
    }

    // Not in parallel: two of them may restore the same library.
    private static object[] Restore(string projects, string mark) =>
    [
        MSBuild(projects, "Restore", "ExcludeRestorePackageImports=true;MSBuildIsRestoring=true;MSBuildRestoreSessionId=$([System.Guid]::NewGuid())"),
        new XElement("Touch", new XAttribute("Files", Escape(mark)), new XAttribute("AlwaysCreate", "true")),
    ];

    private static XElement MSBuild(string projects, string target, string? properties, bool inParallel = false) => new(
        "MSBuild",
        new XAttribute("Projects", projects),
        new XAttribute("Targets", target),
        new XAttribute("BuildInParallel", inParallel),
        new XAttribute("ContinueOnError", "ErrorAndContinue"),
        properties is null ? null : new XAttribute("Properties", properties));

    private static string List(IEnumerable<string> paths) => string.Join(';', paths.Select(Escape));

    // What MSBuild reads as more than a character.
    private static string Escape(string path) =>
        string.Concat(path.Select(c => "%$@();'?*".Contains(c) ? $"%{(int)c:X2}" : c.ToString()));
}
