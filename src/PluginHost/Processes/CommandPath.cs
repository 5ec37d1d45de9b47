namespace PluginHost.Processes;

/// <summary>Finds commands where the system would.</summary>
internal static class CommandPath
{
    /// <summary>The full path of a command on the PATH, or null.</summary>
    public static string? Find(string name)
    {
        var names = OperatingSystem.IsWindows() ? (string[])[$"{name}.exe", $"{name}.cmd"] : [name];
        return (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(file => Path.Combine(folder, file)))
            .FirstOrDefault(File.Exists);
    }
}
