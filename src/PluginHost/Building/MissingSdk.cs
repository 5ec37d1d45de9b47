namespace PluginHost.Building;

/// <summary>dotnet found no SDK for a commit.</summary>
/// <param name="IsPinned">Whether the commit has a global.json at its root.</param>
/// <param name="Said">What dotnet said.</param>
internal sealed record MissingSdk(bool IsPinned, IReadOnlyList<string> Said)
{
    /// <summary>What that means for a plugin, and what to do.</summary>
    public string Explain(string pluginId, string commit)
    {
        var requested = After("Requested SDK version:");
        var installed = Said.SkipWhile(line => !line.StartsWith("Installed SDKs:", StringComparison.Ordinal)).Skip(1)
            .TakeWhile(line => line.Trim().Length > 0).Select(line => line.Trim().Split(' ')[0]).ToList();
        return IsPinned && requested is not null
            ? $"{pluginId} was not built at commit {commit[..7]}: global.json asks for the .NET SDK {requested}, and this machine has {(installed.Count == 0 ? "none" : string.Join(", ", installed))}. "
                + "Install that SDK where the host runs, or change global.json (version, rollForward)."
            : $"{pluginId} was not built at commit {commit[..7]}: dotnet finds no SDK to build with ({string.Join(" / ", Said.Select(line => line.Trim()).Where(line => line.Length > 0).Take(5))}). "
                + "Install the .NET SDK where the host runs, or set Build:DotnetPath.";
    }

    private string? After(string words) =>
        Said.FirstOrDefault(line => line.StartsWith(words, StringComparison.Ordinal))?[words.Length..].Trim();
}
