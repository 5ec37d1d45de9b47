namespace PluginHost.Sources;

/// <summary>Paths from the root of a repository: forward slashes, no leading one, empty for the root.</summary>
internal static class RepositoryPath
{
    public static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";

    public static string Folder(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The folder itself and those above it, up to the root.</summary>
    public static IEnumerable<string> SelfAndAbove(string folder)
    {
        for (; folder.Length > 0; folder = Folder(folder))
        {
            yield return folder;
        }

        yield return "";
    }

    public static bool IsWithin(string path, string folder) =>
        folder.Length == 0 || path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <summary>What an operator wrote, in the one form used inside: <c>./plugins/</c> becomes <c>plugins</c>.</summary>
    public static string Normalize(string path) =>
        string.Join('/', path.Split(['/', '\\'], StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."));

    /// <summary>The path of a file below the root folder, or null when it is elsewhere.</summary>
    public static string? FromFile(string root, string file)
    {
        var relative = Path.GetRelativePath(root, file);
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative)
            ? null
            : relative.Replace('\\', '/');
    }

    /// <summary>Follows a relative target, such as a symbolic link's, from a folder; null when it leads out of the repository.</summary>
    public static string? Resolve(string folder, string target)
    {
        if (target.StartsWith('/') || target.Contains('\\') || target.Contains(':'))
        {
            return null;
        }

        var parts = new List<string>(folder.Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    return null;
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
