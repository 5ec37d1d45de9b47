using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.Packages.Tests;

/// <summary>The container image of the ready host, as <c>./build.sh container</c> makes it, upon a base image of the test's own.</summary>
public sealed class ContainerTests
{
    [Test]
    public async Task TheImage_StartsTheHostAlone_AndHasAllOfItsFiles()
    {
        using var folder = new TestDirectory();
        await using var registry = await BaseImageRegistry.StartAsync();
        var archive = folder.Combine("image.tar");
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        new MarkedProcesses().Run(
            Repository.Root, "dotnet", "msbuild", "src/PluginHost.App/PluginHost.App.csproj", "-target:Publish;PublishContainer", $"-property:Configuration={configuration}",
            "-property:NoBuild=true", "-property:_IsPublishing=true", $"-property:PublishDir={folder.Combine("files")}/", $"-property:ContainerArchiveOutputPath={archive}", $"-property:ContainerBaseImage={registry.Image}",
            "-nodeReuse:false", "-nologo", "-verbosity:quiet");

        TarFile.ExtractToDirectory(archive, Directory.CreateDirectory(folder.Combine("image")).FullName, overwriteFiles: false);
        var manifest = JsonNode.Parse(await File.ReadAllTextAsync(folder.Combine("image", "manifest.json")))![0]!;
        var image = JsonNode.Parse(await File.ReadAllTextAsync(folder.Combine("image", manifest["Config"]!.ToString())))!["config"]!;
        Assert.Multiple(() =>
        {
            Assert.That(image["Entrypoint"]!.ToJsonString(), Is.EqualTo("[\"dotnet\",\"/app/PluginHost.App.dll\"]"));
            Assert.That(image["Cmd"]!.ToJsonString(), Is.EqualTo("[\"run\",\"--no-supervisor\"]"));
            Assert.That(image["User"]!.ToString(), Is.EqualTo("app"));
            Assert.That(image["Env"]!.AsArray().Select(variable => variable!.ToString()), Is.SupersetOf(new[] { "PluginHost__DataDirectory=/home/app/data", "ASPNETCORE_URLS=http://0.0.0.0:5080" }));
            Assert.That(image["ExposedPorts"]!.ToJsonString(), Does.Contain("5080/tcp"));
            Assert.That(FilesOf(folder.Combine("image", manifest["Layers"]![1]!.ToString())), Is.SupersetOf(new[] { "app/PluginHost.App.dll", "app/PluginHost.Worker.dll", "app/appsettings.json", "app/appsettings.schema.json" }));
        });
    }

    private static List<string> FilesOf(string layer)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(layer), CompressionMode.Decompress));
        var files = new List<string>();
        while (tar.GetNextEntry() is { } entry)
        {
            files.Add(entry.Name.TrimStart('/'));
        }

        return files;
    }
}
