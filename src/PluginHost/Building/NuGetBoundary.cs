using System.Xml.Linq;

namespace PluginHost.Building;

/// <summary>
/// The NuGet.config above a workspace. NuGet merges every such file up to the root of the disk; this one takes back
/// what those further up say, such as an uncommitted one beside the data directory, and repeats the user's own.
/// </summary>
internal static class NuGetBoundary
{
    // Not the credentials: NuGet cannot clear them, and they do nothing without a source of their name.
    private static readonly string[] Sections =
        ["packageSources", "disabledPackageSources", "packageSourceMapping", "fallbackPackageFolders", "auditSources", "config"];

    public static XDocument Make() => Make([.. UserFiles().Where(File.Exists)]);

    /// <summary>Makes it of the user's files, the weakest first.</summary>
    public static XDocument Make(IReadOnlyList<string> userFiles)
    {
        var users = userFiles.Select(file => (Folder: Path.GetDirectoryName(file)!, XDocument.Load(file).Root)).ToList();
        var sections = Sections
            .Select(name => new XElement(name, new XElement("clear"), users.SelectMany(user => Items(user.Root, name, user.Folder))))
            .ToList();

        // What NuGet itself assumes for a user who has said nothing.
        if (userFiles.Count == 0)
        {
            sections[0].Add(new XElement("add", new XAttribute("key", "nuget.org"), new XAttribute("value", "https://api.nuget.org/v3/index.json")));
        }

        // One without a source of its own is the same as none, and NuGet minds an empty list of sources to look in for advisories.
        sections.RemoveAll(section => section.Name == "auditSources" && section.Elements().Count() == 1);
        return new XDocument(new XElement("configuration", sections));
    }

    private static IEnumerable<XElement> Items(XElement? configuration, string section, string folder) =>
        (configuration?.Element(section)?.Elements() ?? []).Select(item =>
        {
            var copy = new XElement(item);
            if (section is "packageSources" or "fallbackPackageFolders" && copy.Attribute("value") is { Value: var value } path
                && value.StartsWith('.'))
            {
                path.Value = Path.GetFullPath(Path.Combine(folder, value));
            }

            return copy;
        });

    private static IEnumerable<string> UserFiles()
    {
        var (machine, user) = OperatingSystem.IsWindows()
            ? (Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFilesX86), "NuGet", "Config"),
               Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "NuGet"))
            : (OperatingSystem.IsMacOS() ? "/Library/Application Support/NuGet/Config" : "/etc/opt/NuGet/Config",
               Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "NuGet"));
        return [.. Configs(machine), .. Configs(Path.Combine(user, "config")), Path.Combine(user, "NuGet.Config")];
    }

    private static IEnumerable<string> Configs(string folder) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.config", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [];
}
