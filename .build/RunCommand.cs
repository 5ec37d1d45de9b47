using System.Globalization;

namespace PluginHost.Build;

/// <summary>Builds the ready host when its sources changed, and becomes it.</summary>
internal static class RunCommand
{
    private const int KeptBuilds = 3;

    public static async Task<int> ExecuteAsync(RepositoryRoot root, string[] options, CancellationToken cancellationToken)
    {
        // Each state of the sources has a directory of its own, so nothing is built when nothing changed, and no
        // later build or test overwrites the files of a host that is running.
        var builds = Directory.CreateDirectory(Path.Combine(root.Artifacts, "run"));
        var build = Path.Combine(builds.FullName, SourceKey.Of(root));

        if (!Directory.Exists(build))
        {
            using var turn = await BuildLock.AcquireAsync(root, cancellationToken);

            if (!Directory.Exists(build) && await PublishAsync(root, build, cancellationToken) is var exitCode and not 0)
            {
                Console.Error.WriteLine("PluginHost did not build, so it was not started. The errors are above.");
                return exitCode;
            }
        }

        Directory.SetLastWriteTimeUtc(build, DateTime.UtcNow);
        RemoveOldBuilds(builds);

        return ProcessImage.ReplaceWith(Dotnet.Executable, [Path.Combine(build, "PluginHost.App.dll"), "run", .. options]);
    }

    private static async Task<int> PublishAsync(RepositoryRoot root, string build, CancellationToken cancellationToken)
    {
        Console.Error.WriteLine("Building PluginHost...");

        // Renamed when complete: a build that was interrupted is never taken for a finished one.
        var incomplete = string.Create(CultureInfo.InvariantCulture, $"{build}.{Environment.ProcessId}");

        try
        {
            var exitCode = await Dotnet.BuildAsync(root, "Publish", root.HostProject, ["_IsPublishing=true", $"PublishDir={incomplete}/"], cancellationToken);

            if (exitCode == 0)
            {
                Directory.Move(incomplete, build);
            }

            return exitCode;
        }
        finally
        {
            if (Directory.Exists(incomplete))
            {
                Directory.Delete(incomplete, recursive: true);
            }
        }
    }

    private static void RemoveOldBuilds(DirectoryInfo builds)
    {
        foreach (var old in builds.GetDirectories().OrderByDescending(directory => directory.LastWriteTimeUtc).Skip(KeptBuilds))
        {
            try
            {
                old.Delete(recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Windows: a host still runs from it. It goes another time.
            }
        }
    }
}
