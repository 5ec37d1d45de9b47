using System.Globalization;

namespace PluginHost.Processes;

/// <summary>Bounds processes by control groups of Linux, version 2: a child group for each, where this process may make one.</summary>
internal sealed class Cgroup : IProcessLimiter
{
    private const string Prefix = "pluginhost-worker-";
    private const int PeriodMicroseconds = 100_000;

    private readonly string _parent;
    private readonly long? _memory;
    private readonly double? _cpus;

    private Cgroup(string parent, long? memory, double? cpus)
    {
        (_parent, _memory, _cpus) = (parent, memory, cpus);
        Array.ForEach(Directory.GetDirectories(parent, Prefix + "*"), TryRemove);
    }

    /// <summary>Finds a group in which child groups can be made: the one of this process or the one above it.</summary>
    /// <param name="memory">In bytes, or null for no limit.</param>
    /// <param name="cpus">How many processors, or null for no limit.</param>
    /// <param name="shortcoming">Why there is none, to go on after "because".</param>
    /// <param name="proc">Where the process file system is.</param>
    public static Cgroup? Find(long? memory, double? cpus, out string shortcoming, string proc = "/proc")
    {
        string[] needed = [.. memory is null ? [] : new[] { "memory" }, .. cpus is null ? [] : new[] { "cpu" }];
        if (OwnGroup(proc) is not { } own)
        {
            shortcoming = "the system has no control groups of version 2";
            return null;
        }

        shortcoming = "";
        foreach (var group in new[] { own, Path.GetDirectoryName(own)! }.Where(group => File.Exists(Path.Combine(group, "cgroup.controllers"))))
        {
            if (Prepare(group, needed) is not { } problem)
            {
                return new Cgroup(group, memory, cpus);
            }

            shortcoming = shortcoming.Length == 0 ? problem : $"{shortcoming}, and {problem}";
        }

        shortcoming = shortcoming.Length == 0 ? $"{own} is no control group of version 2" : shortcoming;
        return null;
    }

    public IDisposable Limit(int process)
    {
        var group = Path.Combine(_parent, Prefix + process.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(group);
        if (_memory is { } memory)
        {
            Write(group, "memory.max", memory.ToString(CultureInfo.InvariantCulture));
            Write(group, "memory.oom.group", "1");

            // Without swap accounting there is no such file.
            if (File.Exists(Path.Combine(group, "memory.swap.max")))
            {
                Write(group, "memory.swap.max", "0");
            }
        }

        if (_cpus is { } cpus)
        {
            Write(group, "cpu.max", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1000, (long)(cpus * PeriodMicroseconds))} {PeriodMicroseconds}"));
        }

        Write(group, "cgroup.procs", process.ToString(CultureInfo.InvariantCulture));
        return new Group(group);
    }

    public void Dispose()
    {
    }

    private static string? OwnGroup(string proc)
    {
        try
        {
            // "0::/path", beside those of version 1.
            var path = File.ReadLines(Path.Combine(proc, "self/cgroup")).FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..];

            // "id parent device root mount-point options… - type source options"
            var mount = File.ReadLines(Path.Combine(proc, "self/mountinfo")).Select(line => line.Split(' ')).FirstOrDefault(fields => fields.SkipWhile(field => field != "-").Skip(1).FirstOrDefault() == "cgroup2");
            if (path is null || mount is not [_, _, _, var root, var point, ..])
            {
                return null;
            }

            var below = root != "/" && path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path;
            return Path.TrimEndingDirectorySeparator(Path.Join(point, below));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <returns>Why the group cannot have children with these controllers, or null when it can.</returns>
    private static string? Prepare(string group, string[] needed)
    {
        try
        {
            if (Missing(group, "cgroup.controllers") is { Length: > 0 } absent)
            {
                return $"{group} has no controller for {string.Join(" and ", absent)}";
            }

            if (Missing(group, "cgroup.subtree_control") is { Length: > 0 } off)
            {
                Write(group, "cgroup.subtree_control", string.Join(' ', off.Select(controller => "+" + controller)));
            }

            var probe = Directory.CreateDirectory(Path.Combine(group, Prefix + "probe"));
            probe.Delete();
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{group} cannot be given child groups: {failure.Message.TrimEnd('.')}";
        }

        string[] Missing(string folder, string file) => [.. needed.Except(File.ReadAllText(Path.Combine(folder, file)).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))];
    }

    // The files are the kernel's, and take one write each.
    private static void Write(string group, string file, string value) => File.WriteAllText(Path.Combine(group, file), value);

    private static void TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Somebody's process is in it; the next start tries again.
        }
    }

    private sealed class Group(string path) : IDisposable
    {
        public void Dispose() => TryRemove(path);
    }
}
