using System.IO.Compression;
using System.Xml.Linq;
using PluginHost.TestInfra;

namespace PluginHost.Packages.Tests;

/// <summary>Every package, packed once from what is built, when a test first asks for one.</summary>
[SetUpFixture]
public sealed class Packed
{
    private static readonly Lazy<TestDirectory> Packages = new(Pack);

    /// <summary>The folder with the packages.</summary>
    public static string Folder => Packages.Value.Path;

    [OneTimeTearDown]
    public void Delete()
    {
        if (Packages.IsValueCreated)
        {
            Packages.Value.Dispose();
        }
    }

    /// <summary>The file of a package.</summary>
    public static string File(string id, string extension = "nupkg") =>
        Directory.GetFiles(Folder, $"{id}.*.{extension}").Single(file => char.IsAsciiDigit(Path.GetFileName(file)[id.Length + 1]));

    /// <summary>The paths in a package, and its description.</summary>
    public static (IReadOnlyList<string> Entries, XElement Metadata) Read(string file)
    {
        using var archive = ZipFile.OpenRead(file);
        var nuspec = archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal));
        using var stream = nuspec.Open();
        return ([.. archive.Entries.Select(entry => entry.FullName)], XDocument.Load(stream).Root!.Elements().First());
    }

    private static TestDirectory Pack()
    {
        var folder = new TestDirectory();

        // With the configuration that these tests were built in, whose name is that of their folder.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        new MarkedProcesses().Run(Repository.Root, "dotnet", "pack", "PluginHost.sln", "--no-build", "--configuration", configuration, "--output", folder.Path, "-nodeReuse:false", "-nologo", "-verbosity:quiet");
        return folder;
    }
}
