namespace PluginHost.Scripts;

/// <summary>Reads after which scripts a script runs.</summary>
internal static class RunAfterReader
{
    /// <param name="attributes">What is written on the class.</param>
    /// <param name="report">Told each mistake, as a sentence.</param>
    public static IReadOnlyList<RunAfterInfo> Read(IEnumerable<RunAfterAttribute> attributes, Action<string> report)
    {
        var read = new List<RunAfterInfo>();
        foreach (var attribute in attributes)
        {
            var name = attribute.Script?.Trim() ?? "";
            if (name.Length == 0)
            {
                report("[RunAfter] names no script. Write the id of one: [RunAfter(\"Plugin.Script\")].");
            }
            else if (!Enum.IsDefined(attribute.On))
            {
                report($"[RunAfter(\"{name}\")] has On = {attribute.On:D}, which is none of {string.Join(", ", Enum.GetNames<RunAfterOutcome>())}.");
            }
            else if (read.Exists(other => other.Script.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                report($"[RunAfter(\"{name}\")] is there twice, and would start two runs after one. Keep one of them.");
            }
            else
            {
                read.Add(new RunAfterInfo(name, attribute.On));
            }
        }

        return read;
    }
}
