using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Whatever a build reads counts: when it changes, the plugin is built again; when it is not part of the commit, it is not read.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM, and links are made as Unix has them.")]
public sealed class WhatABuildIsMadeOf : HostTestBase
{
    // A target makes the class from words.txt, which is no item of the project.
    private const string Generated = """
        <Target Name="Generate" BeforeTargets="CoreCompile">
          <WriteLinesToFile File="$(IntermediateOutputPath)Words.cs" Lines="static class Words { public const string Text = &quot;$([System.IO.File]::ReadAllText('$(MSBuildProjectDirectory)/words.txt'))&quot;%3B }" Overwrite="true" />
          <ItemGroup><Compile Include="$(IntermediateOutputPath)Words.cs" /></ItemGroup>
        </Target>
        """;

    [Test]
    public async Task AnInputThatChanges_IsNoticed()
    {
        Repository
            .AddPlugin("Reads", "context.SetResult(Words.Text);").Write("plugins/Reads/words.txt", "one")
            .Replace("plugins/Reads/Reads.csproj", "</Project>", $"{Generated}</Project>")
            .AddPlugin("Linked", "context.SetResult(Link.Text + Folder.Text);")
            .Write("common/Link.cs", "static class Link { public const string Text = \"1\"; }")
            .Write("common/folder/Folder.cs", "static class Folder { public const string Text = \"1\"; }")
            .AddPlugin("Pattern", "context.SetResult(string.Join(' ', typeof(Work).Assembly.GetTypes().Select(type => type.Name).Where(name => name.StartsWith(\"Found\")).Order()));")
            .Write("plugins/Pattern/Pattern.csproj", PluginSource.Project("<Compile Include=\"../../found/**/*.cs\" />"))
            .Write("found/Found1.cs", "class Found1;")
            .AddPlugin("Import", "context.SetResult(Build.Text);")
            .Write("plugins/Import/Build.cs", "static class Build {\n#if LOCAL\npublic const string Text = \"local\";\n#else\npublic const string Text = \"plain\";\n#endif\n}")
            .Replace("plugins/Import/Import.csproj", "</Project>", "<Import Project=\"../../build/local.props\" Condition=\"Exists('../../build/local.props')\" /></Project>")
            .AddPlugin("Committed", "context.SetResult(typeof(Lib.Answer).GetProperty(\"Value\")!.GetValue(null));")
            .Write("plugins/Committed/Committed.csproj", PluginSource.Project("<Reference Include=\"Lib\"><HintPath>../../libs/Lib.dll</HintPath></Reference>"));
        File.CreateSymbolicLink(Path.Combine(Repository.Path, "plugins/Linked/Link.cs"), "../../common/Link.cs");
        File.CreateSymbolicLink(Path.Combine(Repository.Path, "plugins/Linked/folder"), "../../common/folder");
        BuildLib(1);
        Repository.Commit("First");
        await using var host = await StartAsync();
        await AssertResults(host, reads: "one", linked: "11", pattern: "Found1", import: "plain", committed: 1);

        Repository
            .Write("plugins/Reads/words.txt", "two")
            .Replace("common/Link.cs", "1", "2")
            .Write("found/new/Found2.cs", "class Found2;")
            .Write("build/local.props", "<Project><PropertyGroup><DefineConstants>$(DefineConstants);LOCAL</DefineConstants></PropertyGroup></Project>");
        BuildLib(2);
        Repository.Commit("Second");
        var receipt = await host.SyncAsync();
        Assert.That(receipt["plugins"]!.AsArray().Select(plugin => plugin!["outcome"]!.ToString()), Is.All.EqualTo("built"), receipt.ToJsonString());
        await AssertResults(host, reads: "two", linked: "21", pattern: "Found1 Found2", import: "local", committed: 2);

        Repository.Replace("common/folder/Folder.cs", "1", "2").Write("common/README.md", "text").Write("found/notes.txt", "text").Commit("Third");
        receipt = await host.SyncAsync();
        Assert.That(receipt["plugins"]!.AsArray().Single(plugin => plugin!["outcome"]!.ToString() != "unchanged")!["plugin"]!.ToString(), Is.EqualTo("Linked"));
        await AssertResults(host, reads: "two", linked: "22", pattern: "Found1 Found2", import: "local", committed: 2);
    }

    [Test]
    public async Task AFileThatIsNotCommitted_TakesNoPart_AlsoAboveTheWorkspace()
    {
        Repository.AddPlugin("A", "context.SetResult(1);").Commit("First");
        Repository.Write(".globalconfig", "is_global = true\ndotnet_diagnostic.CS1591.severity = error\ndotnet_diagnostic.CS8321.severity = error\nbuild_property.none = x\n");
        Repository.Write("NuGet.config", "<configuration><packageSources><clear /><add key=\"nowhere\" value=\"/nowhere\" /></packageSources></configuration>");
        Repository.Replace("plugins/A/Work.cs", "SetResult(1)", "SetResult(2); void Unused() { }");
        Repository.Git("commit", "--quiet", "--message", "A warning", "plugins");

        await using var host = await ReadyHost.StartAsync(Repository.Path, Path.Combine(Repository.Path, ".pluginhost"));

        Assert.That((await host.GetAsync("api/v1/plugins/A"))["problem"]?.ToJsonString(), Is.Null);
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));
    }

    [Test]
    public async Task ABuildThatFailsAtItsEnd_OrForAnOlderFramework_IsRefused_AndCentralVersionsNeedNoneForTheContract()
    {
        Repository
            .Write("Directory.Packages.props", "<Project><PropertyGroup><ManagePackageVersionsCentrally>true</ManagePackageVersionsCentrally></PropertyGroup></Project>")
            .AddPlugin("Late").AddPlugin("Old").AddPlugin("Central")
            .Replace("plugins/Late/Late.csproj", "</Project>", "<Target Name=\"Late\" AfterTargets=\"Build\"><Error Text=\"too late\" /></Target></Project>")
            .Replace("plugins/Old/Old.csproj", "net10.0", "net8.0");
        foreach (var id in new[] { "Late", "Old", "Central" })
        {
            Repository.Replace($"plugins/{id}/{id}.csproj", " Version=\"*\"", "");
        }

        Repository.Commit("First");
        await using var host = await StartAsync();

        Assert.That((await host.GetAsync("api/v1/plugins/Late"))["problem"]?["message"]?.ToString(), Does.Contain("too late"), host.Output);
        Assert.That((await host.GetAsync("api/v1/plugins/Old"))["problem"]?["message"]?.ToString(), Does.Contain("targets net8.0; PluginHost.Abstractions needs net10.0 or later"));
        Assert.That((await host.RunAsync("Central.Work"))["result"]?.GetValue<int>(), Is.EqualTo(1), host.Output);
    }

    private static async Task AssertResults(ReadyHost host, string reads, string linked, string pattern, string import, int committed)
    {
        Assert.That((await host.RunAsync("Reads.Work"))["result"]?.ToString(), Is.EqualTo(reads), host.Output);
        Assert.That((await host.RunAsync("Linked.Work"))["result"]?.ToString(), Is.EqualTo(linked));
        Assert.That((await host.RunAsync("Pattern.Work"))["result"]?.ToString(), Is.EqualTo(pattern));
        Assert.That((await host.RunAsync("Import.Work"))["result"]?.ToString(), Is.EqualTo(import));
        Assert.That((await host.RunAsync("Committed.Work"))["result"]?.GetValue<int>(), Is.EqualTo(committed));
    }

    /// <summary>An assembly that is committed as it is, as teams do with what no feed has.</summary>
    private void BuildLib(int value)
    {
        var folder = Folder.Combine("lib");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "Lib.csproj"), PluginSource.Library());
        File.WriteAllText(Path.Combine(folder, "Answer.cs"), $"namespace Lib; public static class Answer {{ public static int Value => {value}; }}");
        Command.Run(folder, "dotnet", "build", "-nologo", "-v:q", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-o", Path.Combine(Repository.Path, "libs"));
        Array.ForEach(Directory.GetFiles(Path.Combine(Repository.Path, "libs"), "*.pdb"), File.Delete);
        Array.ForEach(Directory.GetFiles(Path.Combine(Repository.Path, "libs"), "*.json"), File.Delete);
    }
}
