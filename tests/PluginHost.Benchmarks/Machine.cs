using System.Globalization;
using System.Runtime.InteropServices;

namespace PluginHost.Benchmarks;

/// <summary>What the figures were measured on. They mean something only beside their rivals' of the same run.</summary>
internal static class Machine
{
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture,
        $"{RuntimeInformation.OSDescription.Trim()}, {Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024):F0} GiB, .NET {Environment.Version}");

    /// <summary>What else was going on: figures of a busy machine are worse, and its ratios less sure.</summary>
    public static string DescribeLoad() => OperatingSystem.IsLinux()
        ? $"load average {string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ')[..3])} before it began"
        : "how busy the machine was before it began is not known";

    private static string Processor() => OperatingSystem.IsLinux()
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString()
        : RuntimeInformation.ProcessArchitecture.ToString();
}
