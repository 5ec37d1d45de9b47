using NUnit.Framework;

namespace PluginHost.TestInfra;

/// <summary>What a test needs of the machine. Without it the test is ignored, unless everything must be there.</summary>
public static class Requires
{
    private const string RequireAll = "PLUGINHOST_TESTS_REQUIRE_ALL";

    /// <summary>The full path of the first of these programs that is installed.</summary>
    public static string Program(params string[] names)
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), "/usr/sbin"];
        var found = names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (found is not null)
        {
            return found;
        }

        var missing = $"This test needs {string.Join(" or ", names)}, and the PATH has none.";
        if (Environment.GetEnvironmentVariable(RequireAll) == "1")
        {
            Assert.Fail($"{missing} {RequireAll} is set, so that is a failure.");
        }
        else
        {
            Assert.Ignore(missing);
        }

        throw new InvalidOperationException(missing);
    }
}
