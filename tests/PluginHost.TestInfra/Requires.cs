using NUnit.Framework;

namespace PluginHost.TestInfra;

/// <summary>What a test needs of the machine. Without it the test is ignored, or fails where every test must run.</summary>
public static class Requires
{
    private const string RequireAll = "PLUGINHOST_TESTS_REQUIRE_ALL";

    /// <summary>The full path of the first of these programs that is installed.</summary>
    /// <param name="package">The Debian package that has it.</param>
    /// <param name="names">The names that the program goes by.</param>
    public static string Program(string package, params string[] names)
    {
        if (Find(names) is { } found)
        {
            return found;
        }

        var sentence = $"This test needs the program {string.Join(" or ", names)} (on Debian: apt-get install {package}).";
        if (Environment.GetEnvironmentVariable(RequireAll) == "1")
        {
            Assert.Fail($"{sentence} {RequireAll} is set, so that is a failure.");
        }

        Assert.Ignore(sentence);
        return "";
    }

    /// <summary>That the tests run as root.</summary>
    public static void Root()
    {
        if (Environment.UserName != "root")
        {
            Assert.Ignore("Only root may do what this test needs done.");
        }
    }

    /// <summary>The full path of the first of these programs that is installed, or null.</summary>
    public static string? Find(params string[] names)
    {
        // Debian keeps servers where a user's PATH does not lead.
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), "/usr/sbin", "/usr/local/sbin"];
        return names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }
}
