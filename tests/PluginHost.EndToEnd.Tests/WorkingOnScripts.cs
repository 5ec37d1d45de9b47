using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>An author works on scripts, without a host and before a commit.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class WorkingOnScripts : HostTestBase
{
    [Test]
    public async Task ANewPlugin_IsChecked_AndWhatIsBrokenIsNamedByFileAndLine()
    {
        var made = await Tool.RunAsync(Repository.Path, "new", "Reports");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        Repository.Replace("plugins/Reports/Run.cs", "// [Schedule", "[Schedule").Commit("Reports");

        var good = await Tool.RunAsync(Repository.Path, "check");
        Assert.That(good.ExitCode, Is.Zero, good.Output + good.Error);
        Assert.That(good.Output, Does.Contain("Reports.Run").And.Contain("0 6 * * MON-FRI").And.Contain("no problem"));

        // Not committed: the time moves, and another plugin does not build.
        Repository.Replace("plugins/Reports/Run.cs", "0 6 * * MON-FRI", "30 7 * * MON-FRI").AddPlugin("Broken", "int number = \"text\";");
        var bad = await Tool.RunAsync(Path.Combine(Repository.Path, "plugins"), "check", "--base", "HEAD");
        Assert.Multiple(() =>
        {
            Assert.That(bad.ExitCode, Is.EqualTo(1), bad.Error);
            Assert.That(bad.Output, Does.Contain("Broken/Work.cs(12,22): error CS0029: "));
            Assert.That(bad.Output, Does.Contain("5 moved: ").And.Contain("06:00 -> ").And.Contain("07:30"));
            Assert.That(Repository.Git("status", "--short", "--ignored"), Is.EqualTo("M plugins/Reports/Run.cs\n?? plugins/Broken/"), "nothing is left behind");
        });

        var json = JsonNode.Parse((await Tool.RunAsync(Repository.Path, "check", "--json")).Output)!;
        Assert.That(json["problems"]![0]!["file"]!.ToString(), Is.EqualTo("plugins/Broken/Work.cs"));
        Assert.That((await Tool.RunAsync(Repository.Path, "check", "--base", "nowhere")).Error, Does.Contain("no commit 'nowhere'"));
    }

    [Test]
    public async Task ASavedFile_GoesLive_WithoutACommit_AndTheRepositoryIsLeftAlone()
    {
        Repository.AddPlugin("A", "context.SetResult(1);").Commit("First");
        var before = Repository.Git("for-each-ref") + Repository.Git("count-objects");
        await using var host = await ReadyHost.StartDevAsync(Repository.Path, Data);
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(1));

        Repository.Replace("plugins/A/Work.cs", "SetResult(1)", "SetResult(2)");
        await host.UntilAsync("api/v1/deployments", page => page["items"]!.AsArray().Count == 2 && page["items"]![0]!["state"]!.ToString() == "succeeded");

        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));
        Assert.That(Repository.Git("status", "--short"), Is.EqualTo("M plugins/A/Work.cs"));
        Assert.That(Repository.Git("for-each-ref") + Repository.Git("count-objects"), Is.EqualTo(before));
    }
}
