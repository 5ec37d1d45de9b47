using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A commit builds, and its plugin cannot go live.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class CommitThatIsRefused : HostTestBase
{
    private const string TwoOfOneName = """
        using PluginHost;

        [Script(Name = "Work")]
        public sealed class First : IScript
        {
            public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }

        [Script(Name = "work")]
        public sealed class Second : IScript
        {
            public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
        }
        """;

    [SetUp]
    public void FirstCommit()
    {
        Repository
            .AddPlugin("A", "context.SetResult(1);", "[Schedule(\"0 0 1 1 *\")]")
            .AddPlugin("B", "context.SetResult(1);")
            .Write("plugins/Missing/Missing.csproj", PluginSource.Library())
            .Write("plugins/Missing/Answer.cs", "public static class Answer { public static int Value => 42; }")
            .Commit("First");
    }

    private static IEnumerable<TestCaseData> Refusals()
    {
        yield return Case("BadCron", PluginSource.Script("context.SetResult(9);", "[Schedule(\"61 * * * *\")]"), "", "schedule", 11, "61 * * * *");
        yield return Case("BadName", PluginSource.Script("context.SetResult(9);", "[Script(Name = \"not a name\")]"), "", "load", 11, "not a name");
        yield return Case("TwoScriptsOfOneId", TwoOfOneName, "", "load", 6, "'First' and 'Second'");
        yield return Case("ConstructorThatThrows", PluginSource.Script("", members: "public Work() => throw new System.IO.IOException(\"no floor\");"), "", "load", 7, "no floor");
        yield return Case(
            "AssemblyThatIsNotInTheOutput",
            PluginSource.Script("context.SetResult(Answer.Value);"),
            "<ProjectReference Include=\"../Missing/Missing.csproj\" Private=\"false\" />",
            "inspect", null, "Missing 1.0.0.0, which is neither in the plugin's output nor in this host");
    }

    [TestCaseSource(nameof(Refusals))]
    public async Task ItsPlugin_KeepsTheLastGoodVersion_TheOthersGoLive_AndTheNextGoodCommitHeals(
        string source, string projectItems, string stage, int? line, string words)
    {
        await using var host = await StartAsync();
        var before = await host.GetAsync("api/v1/scripts/A.Work");
        var refused = Repository
            .Write("plugins/A/Work.cs", source).Write("plugins/A/A.csproj", PluginSource.Project(projectItems))
            .Replace("plugins/B/Work.cs", "SetResult(1)", "SetResult(2)")
            .Commit("Refuse A, change B");

        Assert.That((await host.SyncAsync())["state"]!.ToString(), Is.EqualTo("degraded"));

        var plugin = await host.GetAsync("api/v1/plugins/A");
        var script = await host.GetAsync("api/v1/scripts/A.Work");
        var problem = plugin["problem"]!;
        Assert.Multiple(() =>
        {
            Assert.That(plugin["state"]!.ToString(), Is.EqualTo("degraded"));
            Assert.That(problem["stage"]!.ToString(), Is.EqualTo(stage));
            Assert.That(problem["commit"]!.ToString(), Is.EqualTo(refused));
            Assert.That(problem["message"]!.ToString(), Does.Contain(words));
            Assert.That(problem["diagnostics"]![0]!["file"]!.ToString(), Is.EqualTo(line is null ? "plugins/A/A.csproj" : "plugins/A/Work.cs"));
            Assert.That(problem["diagnostics"]![0]!["line"]?.GetValue<int>(), Is.EqualTo(line));
            Assert.That(script["live"]!.ToJsonString(), Is.EqualTo(before["live"]!.ToJsonString()));
            Assert.That(script["schedules"]![0]!["next"]!.AsArray(), Has.Count.EqualTo(5), "it stays scheduled");
            Assert.That(host.Output, Does.Contain("Plugin 'A' was rejected"));
        });
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(1));
        Assert.That((await host.RunAsync("B.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));

        Repository.AddPlugin("A", "context.SetResult(3);").Commit("Heal");
        Assert.That((await host.SyncAsync())["state"]!.ToString(), Is.EqualTo("succeeded"));
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(3));
        Assert.That((await host.GetAsync("api/v1/plugins/A"))["problem"], Is.Null);
    }

    private static TestCaseData Case(string name, string source, string projectItems, string stage, int? line, string words) =>
        new TestCaseData(source, projectItems, stage, line, words).SetArgDisplayNames(name);
}
