using System.Xml.Linq;

namespace PluginHost.Building;

/// <summary>The project that builds the affected plugins of one commit, and nothing else, in one go.</summary>
internal static class BatchProject
{
    /// <summary>Writes it.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="projects">The full paths of the plugins' project files.</param>
    /// <param name="toRestore">Those of them whose packages are fetched first.</param>
    /// <param name="restoredMark">The file to touch when that is done.</param>
    public static void Write(string file, IReadOnlyList<string> projects, IReadOnlyList<string> toRestore, string restoredMark)
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
                    toRestore.Count == 0 ? [] : Restore(restoredMark),
                    MSBuild("@(PluginProject)", "Build", null))))
            .Save(file);
    }

    private static object[] Restore(string mark) =>
    [
        MSBuild("$(MSBuildProjectFullPath)", "Restore", "ExcludeRestorePackageImports=true;MSBuildIsRestoring=true;MSBuildRestoreSessionId=$([System.Guid]::NewGuid())"),
        new XElement("Touch", new XAttribute("Files", Escape(mark)), new XAttribute("AlwaysCreate", "true")),
    ];

    private static XElement MSBuild(string projects, string target, string? properties) => new(
        "MSBuild",
        new XAttribute("Projects", projects),
        new XAttribute("Targets", target),
        new XAttribute("BuildInParallel", "true"),
        new XAttribute("ContinueOnError", "ErrorAndContinue"),
        properties is null ? null : new XAttribute("Properties", properties));

    private static string List(IEnumerable<string> paths) => string.Join(';', paths.Select(Escape));

    // What MSBuild reads as more than a character.
    private static string Escape(string path) =>
        string.Concat(path.Select(c => "%$@();'?*".Contains(c) ? $"%{(int)c:X2}" : c.ToString()));
}
