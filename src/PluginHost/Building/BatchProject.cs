using System.Xml.Linq;

namespace PluginHost.Building;

/// <summary>The project that builds the affected plugins of one commit, and nothing else, in one go.</summary>
internal static class BatchProject
{
    /// <summary>Writes it.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="projects">The full paths of the plugins' project files.</param>
    public static void Write(string file, IReadOnlyList<string> projects)
    {
        // One restore for all of them and then one build, each going on past a project that fails. The restore is a
        // step of the build here, not `dotnet build`'s own: that one ends the build at its first error.
        var list = string.Join(';', projects.Select(Escape));
        new XDocument(
            new XElement(
                "Project",
                new XAttribute("DefaultTargets", "Build"),
                new XElement(
                    "PropertyGroup",
                    new XElement("PluginProjects", list),
                    new XElement("RestoreGraphProjectInput", list)),
                new XElement("Import", new XAttribute("Project", "$(MSBuildToolsPath)/NuGet.targets")),
                new XElement(
                    "Target",
                    new XAttribute("Name", "Build"),
                    new XElement("ItemGroup", new XElement("PluginProject", new XAttribute("Include", "$(PluginProjects)"))),
                    MSBuild("$(MSBuildProjectFullPath)", "Restore", "ExcludeRestorePackageImports=true;MSBuildIsRestoring=true;MSBuildRestoreSessionId=$([System.Guid]::NewGuid())"),
                    MSBuild("@(PluginProject)", "Build", null))))
            .Save(file);
    }

    private static XElement MSBuild(string projects, string target, string? properties) => new(
        "MSBuild",
        new XAttribute("Projects", projects),
        new XAttribute("Targets", target),
        new XAttribute("BuildInParallel", "true"),
        new XAttribute("ContinueOnError", "ErrorAndContinue"),
        properties is null ? null : new XAttribute("Properties", properties));

    // What MSBuild reads as more than a character.
    private static string Escape(string path) =>
        string.Concat(path.Select(c => "%$@();'?*".Contains(c) ? $"%{(int)c:X2}" : c.ToString()));
}
