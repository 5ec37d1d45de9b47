using System.ComponentModel;
using System.Diagnostics;

namespace PluginHost.Build;

/// <summary>Whether git names a version, which packages then have by MinVer; without one they have the version that is written down.</summary>
internal static class VersionTag
{
    public static bool Exists(RepositoryRoot root)
    {
        var start = new ProcessStartInfo("git", ["tag", "--list", "v[0-9]*", "--merged", "HEAD"])
        {
            WorkingDirectory = root.Directory, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using var git = Process.Start(start)!;
            var errors = git.StandardError.ReadToEndAsync();
            var tags = git.StandardOutput.ReadToEnd();
            errors.GetAwaiter().GetResult();
            git.WaitForExit();

            // Sources that were not cloned are in no repository, and git says so.
            return git.ExitCode == 0 && tags.Trim().Length > 0;
        }
        catch (Win32Exception)
        {
            // There is no git on this machine.
            return false;
        }
    }
}
