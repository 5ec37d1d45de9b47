using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Faults;

/// <summary>Plugins that do harm when they are built, loaded or run, all in one commit: each is refused or contained, and its neighbours live.</summary>
[Platform("Linux")]
[NonParallelizable] // Nearly thirty builds, which leave the processors to whatever else runs.
public sealed class PluginsThatHarm : HostTestBase
{
    private const int HugeBytes = 100 << 20;

    private static readonly string LongFolder = $"{new string('l', 120)}/{new string('o', 120)}";

    // MSBuild takes each of these for a property, if it sees them.
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["Configuration"] = "Debug", ["Platform"] = "x86", ["OutputPath"] = "/nowhere", ["Version"] = "none", ["TargetFramework"] = "net5.0",
        ["DefineConstants"] = "POISON", ["UseSharedCompilation"] = "false", ["PluginHost__Load__Timeout"] = "00:00:15",
    };

    [Test]
    public async Task EachIsRefusedOrContained()
    {
        Repository.AddPlugin("Neighbour", "#if POISON\ncontext.SetResult(9);\n#else\ncontext.SetResult(1);\n#endif\n");
        var refused = Refused();
        WhatLives();
        Repository.Commit("Harm");
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: Environment);

        await EachIsRefusedAsync(host, refused);
        await EachRunsAsync(host);

        Repository.AddPlugin("StaticThrows", "context.SetResult(2);").Commit("Mended");
        await host.SyncAsync();
        Assert.That((await host.RunAsync("StaticThrows.Work"))["result"]?.ToString(), Is.EqualTo("2"));
    }

    private static async Task EachIsRefusedAsync(ReadyHost host, IReadOnlyDictionary<string, string[]> refused)
    {
        var plugins = (await host.GetAsync("api/v1/plugins"))["items"]!.AsArray().ToDictionary(plugin => plugin!["id"]!.ToString(), plugin => plugin!);
        Assert.Multiple(() =>
        {
            foreach (var (id, plugin) in plugins)
            {
                var problem = $"{plugin["problem"]?["stage"]}: {plugin["problem"]?["message"]}";
                Assert.That(plugin["state"]!.ToString(), Is.EqualTo(refused.ContainsKey(id) ? "failed" : "live"), $"{id} {problem}");
                foreach (var words in refused.GetValueOrDefault(id, []))
                {
                    Assert.That(problem, Does.Contain(words), id);
                }
            }

            Assert.That(refused.Keys, Is.SubsetOf(plugins.Keys));
        });
    }

    private static async Task EachRunsAsync(ReadyHost host)
    {
        var results = new Dictionary<string, string>
        {
            ["Neighbour.Work"] = "1", ["ContractBesideIt.Work"] = "1", ["UsesA.Work"] = "1", ["UsesB.Work"] = "2", ["Huge.Work"] = $"{HugeBytes}", ["Executable.Work"] = "1",
            ["AspNet.Work"] = "HttpContext", ["UsesNeighbour.Use"] = "Neighbour", ["Satellite.Work"] = "Hallo", ["AsksWhere.Work"] = "true", ["Long.Work"] = "1",
        };
        var errors = new Dictionary<string, string>
        {
            ["MissesLate.Work"] = "Nowhere", ["MissesNative.Work"] = "nowhere_native", ["CancelsItself.Work"] = "OperationCanceledException", ["HugeMessage.Work"] = "xxxxx",
        };
        var runs = new Dictionary<string, JsonNode>();
        foreach (var script in results.Keys.Concat(errors.Keys))
        {
            runs[script] = await host.RunAsync(script);
        }

        runs["CallsTheApi.Work"] = await host.RunAsync("CallsTheApi.Work", new { url = host.Api.BaseAddress!.ToString(), depth = 5 });
        Assert.Multiple(() =>
        {
            foreach (var (script, result) in results.Append(new("CallsTheApi.Work", "5")))
            {
                Assert.That(runs[script]["result"]?.ToString(), Is.EqualTo(result), Short(runs[script]));
            }

            foreach (var (script, words) in errors)
            {
                Assert.That(runs[script]["state"]!.ToString(), Is.EqualTo("failed"), Short(runs[script]));
                Assert.That(runs[script]["error"]!.ToJsonString(), Does.Contain(words).And.Length.LessThan(1 << 20));
            }
        });
    }

    /// <summary>What cannot go live, with words that its problem has.</summary>
    private Dictionary<string, string[]> Refused()
    {
        Repository.AddPlugin("StaticThrows", members: "static Work() => throw new InvalidOperationException(\"static boom\");")
            .AddPlugin("ConstructorHangs", members: "public Work() => Thread.Sleep(Timeout.Infinite);")
            .AddPlugin("InitializerThrows").Write("plugins/InitializerThrows/Initializer.cs", Initializer("throw new InvalidOperationException(\"initializer boom\")"))
            .AddPlugin("InitializerHangs").Write("plugins/InitializerHangs/Initializer.cs", Initializer("Thread.Sleep(Timeout.Infinite)"))
            .AddPlugin("Standard").Replace("plugins/Standard/Standard.csproj", "net10.0", "netstandard2.0")
            .AddPlugin("Newer").Replace("plugins/Newer/Newer.csproj", "net10.0", "net99.0");
        AddWithTarget("EmptyDll", "<Exec Command='truncate -s 0 \"$(TargetPath)\"' />");
        AddWithTarget("CutDll", "<Exec Command='truncate -s 2000 \"$(TargetPath)\"' />");
        AddWithTarget("ForeignDll", "<Exec Command='cp /bin/sh \"$(TargetPath)\"' />");

        // Compiled against one, deployed with the other: the class no longer fits its interface.
        AddLibrary("ThingsOld", "Things", "public interface IThing;");
        AddLibrary("ThingsNew", "Things", "public interface IThing { void Added(); }");
        AddWithTarget(
            "TypeGone",
            "<MSBuild Projects='../ThingsNew/ThingsNew.csproj' Targets='GetTargetPath'><Output TaskParameter='TargetOutputs' ItemName='NewThings' /></MSBuild><Copy SourceFiles='@(NewThings)' DestinationFolder='$(OutDir)' />",
            "<ProjectReference Include='../ThingsOld/ThingsOld.csproj' /><ProjectReference Include='../ThingsNew/ThingsNew.csproj' ReferenceOutputAssembly='false' />");
        Repository.Write("plugins/TypeGone/Thing.cs", "public sealed class Thing : IThing;");

        return new Dictionary<string, string[]>
        {
            ["StaticThrows"] = ["load: ", "static boom"],
            ["ConstructorHangs"] = ["load: ", "took longer than 00:00:15"],
            ["InitializerThrows"] = ["load: ", "initializer boom"],
            ["InitializerHangs"] = ["load: ", "took longer than 00:00:15"],
            ["Standard"] = ["build: ", "PLUGINHOST001", "needs net10.0 or later"],
            ["Newer"] = ["NETSDK1045"],
            ["EmptyDll"] = ["inspect: ", "EmptyDll.dll is not a .NET assembly, or is damaged"],
            ["CutDll"] = ["inspect: ", "CutDll.dll is not a .NET assembly, or is damaged"],
            ["ForeignDll"] = ["inspect: ", "ForeignDll.dll is not a .NET assembly, or is damaged"],
            ["TypeGone"] = ["load: ", "Added", "Thing"],
        };
    }

    private void WhatLives()
    {
        AddLibrary("SharedA", "Shared", "public static class Answer { public static int Value => 1; }");
        AddLibrary("SharedB", "Shared", "public static class Answer { public static int Value => 2; }");
        foreach (var name in new[] { "A", "B" })
        {
            Repository.AddPlugin($"Uses{name}", "context.SetResult(Answer.Value);").Write($"plugins/Uses{name}/Uses{name}.csproj", PluginSource.Project($"<ProjectReference Include='../Shared{name}/Shared{name}.csproj' />"));
        }

        AddWithTarget("ContractBesideIt", "<Copy SourceFiles=\"@(ReferencePath->WithMetadataValue('Filename', 'PluginHost.Abstractions'))\" DestinationFolder='$(OutDir)' />");
        Repository.AddPlugin("Huge", "using var big = GetType().Assembly.GetManifestResourceStream(\"big\")!; context.SetResult(big.Length);")
            .Replace("plugins/Huge/Huge.csproj", "</Project>", $"""
                <Target Name="MakeBig" BeforeTargets="AssignTargetPaths">
                  <MakeDir Directories="$(IntermediateOutputPath)" />
                  <Exec Command="head -c {HugeBytes} /dev/zero &gt; '$(IntermediateOutputPath)big.bin'" />
                  <ItemGroup><EmbeddedResource Include="$(IntermediateOutputPath)big.bin" LogicalName="big" /></ItemGroup>
                </Target></Project>
                """)
            .AddPlugin("Executable").Write("plugins/Executable/Executable.csproj", PluginSource.Project(properties: "<OutputType>Exe</OutputType>")).Write("plugins/Executable/Program.cs", "return 1;")
            .AddPlugin("AspNet", "context.SetResult(typeof(Microsoft.AspNetCore.Http.HttpContext).Name);").Write("plugins/AspNet/AspNet.csproj", PluginSource.Project("<FrameworkReference Include='Microsoft.AspNetCore.App' />"))
            .Write("plugins/UsesNeighbour/Use.cs", PluginSource.Script("context.SetResult(typeof(Work).Assembly.GetName().Name);", name: "Use"))
            .Write("plugins/UsesNeighbour/UsesNeighbour.csproj", PluginSource.Project("<ProjectReference Include='../Neighbour/Neighbour.csproj' />"))
            .AddPlugin("Satellite", "context.SetResult(new System.Resources.ResourceManager(\"Satellite.Texts\", GetType().Assembly).GetString(\"Hello\", new System.Globalization.CultureInfo(\"de\")));")
            .Write("plugins/Satellite/Texts.resx", Resource("Hello")).Write("plugins/Satellite/Texts.de.resx", Resource("Hallo"))
            .AddPlugin("AsksWhere", "context.SetResult(System.IO.Path.GetDirectoryName(GetType().Assembly.Location) == context.PluginDirectory.TrimEnd('/') && System.IO.File.Exists(GetType().Assembly.Location));")
            .Write($"plugins/{LongFolder}/Long.csproj", PluginSource.Project()).Write($"plugins/{LongFolder}/Work.cs", PluginSource.Script("context.SetResult(1);"))
            .AddPlugin("MissesLate", "System.Reflection.Assembly.Load(\"Nowhere\");")
            .AddPlugin("MissesNative", "Call();", members: "[System.Runtime.InteropServices.DllImport(\"nowhere_native\")] private static extern void Call();")
            .AddPlugin("CancelsItself", "throw new OperationCanceledException();")
            .AddPlugin("HugeMessage", "throw new InvalidOperationException(new string('x', 50_000_000));")
            .AddPlugin("CallsTheApi", """
                if (Depth > 0)
                {
                    using var http = new HttpClient();
                    using var body = System.Net.Http.Json.JsonContent.Create(new { parameters = new { url = Url, depth = Depth - 1 } });
                    using var answer = await http.PostAsync($"{Url}api/v1/scripts/{context.ScriptId}/runs?wait=60", body, cancellationToken);
                    var text = await answer.Content.ReadAsStringAsync(cancellationToken);
                    if (!text.Contains("\"state\":\"succeeded\"")) throw new InvalidOperationException(text);
                }

                context.SetResult(Depth);
                """, members: "[Parameter] public required string Url { get; init; } [Parameter] public int Depth { get; init; }");
    }

    private void AddWithTarget(string id, string tasks, string items = "") =>
        Repository.AddPlugin(id).Write($"plugins/{id}/{id}.csproj", PluginSource.Project(items).Replace("</Project>", $"<Target Name=\"Afterwards\" AfterTargets=\"Build\">{tasks}</Target></Project>", StringComparison.Ordinal));

    private void AddLibrary(string id, string assembly, string source) => Repository
        .Write($"plugins/{id}/{id}.csproj", PluginSource.Library().Replace("</PropertyGroup>", $"<AssemblyName>{assembly}</AssemblyName></PropertyGroup>", StringComparison.Ordinal))
        .Write($"plugins/{id}/Library.cs", source);

    private static string Initializer(string body) =>
        $"internal static class Initializer {{ [System.Runtime.CompilerServices.ModuleInitializer] internal static void Run() => {body}; }}";

    private static string Resource(string text) => $"""
        <root>
          <resheader name="resmimetype"><value>text/microsoft-resx</value></resheader>
          <resheader name="version"><value>2.0</value></resheader>
          <resheader name="reader"><value>System.Resources.ResXResourceReader</value></resheader>
          <resheader name="writer"><value>System.Resources.ResXResourceWriter</value></resheader>
          <data name="Hello"><value>{text}</value></data>
        </root>
        """;

    private static string Short(JsonNode run) => run.ToJsonString() is var text && text.Length > 1500 ? text[..1500] : text;
}
