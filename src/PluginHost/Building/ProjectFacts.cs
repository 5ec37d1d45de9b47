namespace PluginHost.Building;

/// <summary>What one project's build said of itself.</summary>
internal sealed record ProjectFacts
{
    /// <summary>The full path of the project file.</summary>
    public required string Project { get; init; }

    /// <summary>The full paths of the files that it takes in by name.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The files that it takes in as items, which a pattern may have found.</summary>
    public required IReadOnlyList<ItemFact> Items { get; init; }

    /// <summary>The full paths of the project files that it references.</summary>
    public required IReadOnlyList<string> References { get; init; }

    /// <summary>Reads what the projects of a batch have written; one entry for each project.</summary>
    public static IReadOnlyDictionary<string, ProjectFacts> ReadInputs(string folder) =>
        Read(folder, "*.inputs")
            .GroupBy(facts => facts.Single("project"))
            .ToDictionary(
                group => group.Key,
                group => new ProjectFacts
                {
                    Project = group.Key,
                    Inputs = [.. group.SelectMany(facts => facts.All("input")).Distinct()],
                    Items = [.. group.SelectMany(facts => facts.All("item")).Distinct().Select(ItemFact.Parse)],
                    References = [.. group.SelectMany(facts => facts.All("reference")).Distinct()],
                });

    /// <summary>Reads where the projects of a batch have put their output: those that were built, by project file.</summary>
    public static ILookup<string, ProjectOutput> ReadOutputs(string folder) =>
        Read(folder, "*.output").ToLookup(
            facts => facts.Single("project"),
            facts => new ProjectOutput(facts.Single("framework"), facts.Single("folder"), facts.Single("assembly")));

    private static IEnumerable<FactFile> Read(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Select(file => new FactFile(File.ReadAllLines(file)));

    private sealed class FactFile(string[] lines)
    {
        public string Single(string key) => All(key).First();

        public IEnumerable<string> All(string key) =>
            lines.Where(line => line.StartsWith(key + "|", StringComparison.Ordinal)).Select(line => line[(key.Length + 1)..]);
    }
}

/// <summary>A file that a project takes in as an item.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Below">What a ** in the pattern that found it stood for, with a slash at its end; empty when there was none.</param>
internal sealed record ItemFact(string Path, string Below)
{
    public static ItemFact Parse(string text)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        return new ItemFact(text[(bar + 1)..], text[..bar].Replace('\\', '/'));
    }
}

/// <summary>Where a project's output is.</summary>
/// <param name="Framework">The target framework it was built for.</param>
/// <param name="Folder">The folder.</param>
/// <param name="Assembly">The file name of its assembly.</param>
internal sealed record ProjectOutput(string Framework, string Folder, string Assembly);
