using System.Text;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Everything that repositories hold and no template makes, in one commit: what can be built goes live, what cannot says why, and no plugin spoils another.</summary>
[Platform("Linux")]
[NonParallelizable] // Nearly thirty builds, which leave the processors to whatever else runs.
public sealed class ProjectsAsTheyCome : HostTestBase
{
    private const string Odd = "it's; a $(odd) @(thing) ünï 世界 [x] #1 & co";

    [Test]
    public async Task EachPluginStandsAlone()
    {
        WhatIsBuilt();
        WhatIsRefused();
        Repository.Git("add", "--all", "--force");
        AddSubmodule();
        Repository.Commit("First");

        await using var host = await StartAsync();

        var plugins = (await host.GetAsync("api/v1/plugins"))["items"]!.AsArray().ToDictionary(plugin => plugin!["id"]!.ToString(), plugin => plugin!);
        string Problem(string id) => $"{plugins[id]["problem"]?["stage"]}: {plugins[id]["problem"]?["message"]}";
        Assert.Multiple(() =>
        {
            foreach (var id in new[] { "Plain", "One", "Other", "Multi", "Fs", "Vb", "CustomOut", "CustomName", "CustomObj", "CustomBase", "NoArtifacts", "BinObj", "Odd", "Utf16", "Bom", "Latin1" })
            {
                Assert.That(plugins[id]["state"]!.ToString(), Is.EqualTo("live"), $"{id} {Problem(id)}");
            }

            Assert.That(Problem("Case"), Does.Contain("NETSDK1022").And.Contain("elper.cs"));
            Assert.That(Problem("Nul"), Does.StartWith("build: ").And.Contain("plugins/Nul/Work.cs line"));
            Assert.That(Problem("CircleA"), Does.Contain("Projects that reference each other in a circle cannot be built"));
            Assert.That(Problem("CircleB"), Does.Contain("Projects that reference each other in a circle cannot be built"));
            Assert.That(Problem("Deleted"), Does.Contain("gone/Gone.csproj"));
            Assert.That(Problem("OutAbs"), Does.Contain("a project out of the repository"));
            Assert.That(Problem("OutRel"), Does.Contain("Outside.csproj"));
            Assert.That(Problem("Sub"), Does.Contain("lib is a submodule").And.Contain("Set Sources:default:Submodules"));
            Assert.That(Problem("Lfs"), Does.Contain("plugins/Lfs/model.bin, which its build reads, is not the file itself but a pointer of git-lfs"));
            Assert.That(Problem("NoPackage"), Does.StartWith("restore: ").And.Contain("NU1101").And.Contain("PluginHost.NoSuchPackage"));
            Assert.That(Problem("Downgrade"), Does.StartWith("restore: ").And.Contain("NU1605"));
            Assert.That(Problem("SourceDown"), Does.StartWith("restore: ").And.Contain("NU1301"));
            Assert.That(Problem("Percent"), Does.StartWith("plan: ").And.Contain("'%'"));
        });
        Assert.That((await host.RunAsync("Utf16.Work"))["result"]!.ToString(), Is.EqualTo("ü"));
        Assert.That((await host.RunAsync("Bom.Work"))["result"]!.ToString(), Is.EqualTo("ü"));
        Assert.That((await host.RunAsync("Fs.Work"))["result"]!.ToString(), Is.EqualTo("1"));
        Assert.That((await host.RunAsync("Odd.Work"))["result"]!.ToString(), Is.EqualTo("1"));

        // An SDK that is not here: said before anything is built, and what is live stays.
        Repository.Write("global.json", """{ "sdk": { "version": "9.0.999", "rollForward": "disable" } }""").Commit("Pins");
        var receipt = await host.SyncAsync();
        var plain = receipt["plugins"]!.AsArray().Single(plugin => plugin!["plugin"]!.ToString() == "Plain")!;
        Assert.That(plain["reason"]!.ToString(), Does.Contain("global.json asks for the .NET SDK 9.0.999, and this machine has ").And.Contain("Install that SDK"));
        Assert.That((await host.RunAsync("Plain.Work"))["result"]!.ToString(), Is.EqualTo("1"));
    }

    // Alone: what a second node of MSBuild starts has an input that MSBuild may leave open, and waits for the time limit then.
    [Test]
    public async Task ABuildThatAsksForSomething_GetsNoAnswer_AndGoesOn()
    {
        Repository.AddPlugin("Stdin").Replace("plugins/Stdin/Stdin.csproj", "</Project>", "<Target Name=\"Ask\" BeforeTargets=\"CoreCompile\"><Exec Command=\"read answer; cat\" IgnoreExitCode=\"true\" /></Target></Project>");
        Repository.Commit("First");

        await using var host = await StartAsync();

        Assert.That((await host.GetAsync("api/v1/plugins/Stdin"))["state"]!.ToString(), Is.EqualTo("live"));
    }

    private void WhatIsBuilt()
    {
        // A mapping of packages to sources that does not name the contract.
        Repository.Write("NuGet.config", """
            <configuration>
              <packageSources><clear /><add key="nuget.org" value="https://api.nuget.org/v3/index.json" /></packageSources>
              <packageSourceMapping><clear /><packageSource key="nuget.org">
                <package pattern="Microsoft.*" /><package pattern="System.*" /><package pattern="FSharp.*" /><package pattern="PluginHost.NoSuch*" />
              </packageSource></packageSourceMapping>
            </configuration>
            """);
        Repository.AddPlugin("Plain")
            .Write("plugins/Two/One.csproj", PluginSource.Project()).Write("plugins/Two/Other.csproj", PluginSource.Project()).Write("plugins/Two/Work.cs", PluginSource.Script("context.SetResult(1);"))
            .AddPlugin("Multi").Replace("plugins/Multi/Multi.csproj", "<TargetFramework>net10.0</TargetFramework>", "<TargetFrameworks>net10.0;net10.0-windows</TargetFrameworks>")
            .Write("plugins/Fs/Fs.fsproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <ItemGroup><PackageReference Include="PluginHost.Abstractions" Version="*" /><Compile Include="Work.fs" /></ItemGroup>
                </Project>
                """)
            .Write("plugins/Fs/Work.fs", """
                namespace Fs
                open System.Threading.Tasks
                open PluginHost
                type Work() =
                    interface IScript with
                        member _.RunAsync(context, _) = context.SetResult(1); Task.CompletedTask
                """)
            .Write("plugins/Vb/Vb.vbproj", """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <ItemGroup><PackageReference Include="PluginHost.Abstractions" Version="*" /></ItemGroup>
                </Project>
                """)
            .Write("plugins/Vb/Work.vb", """
                Imports System.Threading
                Imports System.Threading.Tasks
                Imports PluginHost
                Public Class Work
                    Implements IScript
                    Public Function RunAsync(context As ScriptContext, token As CancellationToken) As Task Implements IScript.RunAsync
                        context.SetResult(1)
                        Return Task.CompletedTask
                    End Function
                End Class
                """);
        foreach (var (id, properties) in new[]
        {
            ("CustomOut", "<OutputPath>custom/</OutputPath>"),
            ("CustomName", "<AssemblyName>Another.Name</AssemblyName>"),
            ("CustomObj", "<BaseIntermediateOutputPath>objx/</BaseIntermediateOutputPath>"),
            ("CustomBase", "<BaseOutputPath>out/</BaseOutputPath><AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>"),
            ("NoArtifacts", "<UseArtifactsOutput>false</UseArtifactsOutput>"),
        })
        {
            Repository.AddPlugin(id).Write($"plugins/{id}/{id}.csproj", PluginSource.Project(properties: properties));
        }

        // What a build made on somebody's machine, committed by mistake.
        Repository.AddPlugin("BinObj")
            .Write("plugins/BinObj/obj/Old.cs", "this does not compile").Write("plugins/BinObj/obj/project.assets.json", "{ \"version\": 3 }")
            .Write("plugins/BinObj/obj/BinObj.csproj.nuget.g.props", "<Project><PropertyGroup><OutputType>Exe</OutputType></PropertyGroup></Project>")
            .Write("plugins/BinObj/bin/Release/net10.0/BinObj.dll", "MZ nonsense");
        Repository.Write($"plugins/{Odd}/Odd/Odd.csproj", PluginSource.Project()).Write($"plugins/{Odd}/Odd/Work.cs", PluginSource.Script("context.SetResult(1);"));
        Repository.AddPlugin("Utf16").AddPlugin("Bom").AddPlugin("Latin1");
        var umlaut = PluginSource.Script("context.SetResult(\"ü\");");
        WriteBytes("plugins/Utf16/Work.cs", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(umlaut)]);
        WriteBytes("plugins/Bom/Work.cs", [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(umlaut.Replace("\n", "\r\n", StringComparison.Ordinal))]);
        WriteBytes("plugins/Latin1/Work.cs", Encoding.Latin1.GetBytes(umlaut));
    }

    private void WhatIsRefused()
    {
        var outside = Folder.Combine("outside");
        Directory.CreateDirectory(outside);
        File.WriteAllText(Path.Combine(outside, "Outside.csproj"), PluginSource.Library());
        foreach (var (id, items) in new[]
        {
            ("CircleA", "<ProjectReference Include=\"../CircleB/CircleB.csproj\" />"),
            ("CircleB", "<ProjectReference Include=\"../CircleA/CircleA.csproj\" />"),
            ("Deleted", "<ProjectReference Include=\"../../gone/Gone.csproj\" />"),
            ("OutAbs", $"<ProjectReference Include=\"{outside}/Outside.csproj\" />"),
            ("OutRel", "<ProjectReference Include=\"../../../outside/Outside.csproj\" />"),
            ("Sub", "<ProjectReference Include=\"../../lib/Lib.csproj\" />"),
            ("Lfs", "<None Update=\"model.bin\" CopyToOutputDirectory=\"Always\" />"),
            ("NoPackage", "<PackageReference Include=\"PluginHost.NoSuchPackage\" Version=\"1.0.0\" />"),
            ("Downgrade", "<PackageReference Include=\"Microsoft.Extensions.Logging\" Version=\"10.0.0\" /><PackageReference Include=\"Microsoft.Extensions.Logging.Abstractions\" Version=\"8.0.0\" />"),
            ("SourceDown", "<PackageReference Include=\"Microsoft.NoSuchPackage\" Version=\"1.0.0\" />"),
        })
        {
            Repository.AddPlugin(id).Write($"plugins/{id}/{id}.csproj", PluginSource.Project(items));
        }

        Repository.Write("plugins/SourceDown/NuGet.config", "<configuration><packageSources><clear /><add key=\"nuget.org\" value=\"http://127.0.0.1:9/index.json\" allowInsecureConnections=\"true\" /></packageSources></configuration>");
        Repository.Write("plugins/Lfs/model.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n");
        Repository.AddPlugin("Nul").Write("plugins/Nul/Work.cs", PluginSource.Script("context.SetResult(1);\0"));
        Repository.AddPlugin("Case").Write("plugins/Case/helper.cs", "class H1;").Write("plugins/Case/Helper.cs", "class H2;")
            .Write("plugins/Case/\u00e9.cs", "class E1;").Write("plugins/Case/e\u0301.cs", "class E2;");
        Repository.Write("plugins/100%/Percent.csproj", PluginSource.Project()).Write("plugins/100%/Work.cs", PluginSource.Script(""));
    }

    private void AddSubmodule()
    {
        var library = TestRepository.Create(Folder.Combine("library"));
        library.Write("Lib.csproj", PluginSource.Library()).Commit("Library");
        Repository.Git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../library", "lib");
    }

    private void WriteBytes(string path, byte[] content) => File.WriteAllBytes(Path.Combine(Repository.Path, path), content);
}
