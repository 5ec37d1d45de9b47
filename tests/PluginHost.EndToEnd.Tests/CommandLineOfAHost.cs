using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The client commands, each as a process, against a real host.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class CommandLineOfAHost : HostTestBase
{
    [Test]
    public async Task EachCommand_DoesItsWork_AndSaysSoByItsExitCode()
    {
        Repository
            .AddPlugin("A", "Console.WriteLine($\"days {Days}\"); context.SetResult(Days);", "[Schedule(\"* * * * * *\")]", "[Parameter] public int Days { get; init; } = 1;")
            .AddPlugin("Bad", "throw new InvalidOperationException(\"no floor\");")
            .AddPlugin("Slow", "await Task.Delay(Timeout.Infinite, cancellationToken);")
            .Commit("First");
        await using var host = await StartAsync();
        Repository.Replace("plugins/A/Work.cs", "days {Days}", "Days {Days}").Commit("Second");

        var sync = await AskAsync(host, "sync");
        Assert.That(sync.Output, Does.Contain("built").And.Contain("Second"));
        Assert.That((await AskAsync(host, "status")).Output, Does.Contain("healthy").And.Contain("3 scripts"));
        Assert.That((await AskAsync(host, "scripts")).Output, Does.Contain("A.Work").And.Contain("Slow.Work"));
        Assert.That((await AskAsync(host, "plugins")).Output, Does.Contain("plugins/A/A.csproj"));
        Assert.That((await AskAsync(host, "deployments")).Output, Does.Contain("Ada Author: Second"));

        // Runs: one that succeeds, one that fails, one that is cancelled.
        Assert.That((await AskAsync(host, "run-now", "A.Work", "-p", "days=7", "--follow")).Output, Does.Contain("OUT Days 7").And.Contain("Result: 7").And.Contain("succeeded"));
        var failed = await AskAsync(host, 1, "run-now", "Bad.Work", "--follow");
        Assert.That(failed.Error, Does.Contain("InvalidOperationException: no floor"));
        Assert.That((await AskAsync(host, 2, "run-now", "A.Work", "-p", "days=x")).Error, Does.Contain("'Days' must be a whole number"));
        Assert.That((await AskAsync(host, 1, "run-now", "Wrk")).Error, Does.Contain("There is no script 'Wrk'"));
        var slow = JsonNode.Parse((await AskAsync(host, "run-now", "Slow.Work", "--json")).Output)!["id"]!.ToString();
        Assert.That((await AskAsync(host, "cancel", slow)).Output, Does.Contain("asked to stop"));
        Assert.That((await AskAsync(host, 1, "logs", slow, "--follow")).Output, Does.Contain("was cancelled"));
        Assert.That((await AskAsync(host, "runs", "--state", "failed")).Output, Does.Contain("Bad.Work").And.Not.Contain("Slow.Work"));
        Assert.That(JsonNode.Parse((await AskAsync(host, "logs", slow, "--json")).Output)!["run"]!.ToString(), Is.EqualTo(slow));

        // Schedules.
        await host.UntilAsync("api/v1/occurrences?outcome=ran", page => page["items"]!.AsArray().Count > 0);
        Assert.That((await AskAsync(host, "occurrences", "--outcome", "ran")).Output, Does.Contain("A.Work"));
        Assert.That((await AskAsync(host, "pause", "A.Work")).Output, Does.Contain("A.Work is paused"));
        Assert.That((await AskAsync(host, "resume", "A.Work")).Output, Does.Contain("A.Work is ready"));

        // Versions.
        Assert.That((await AskAsync(host, "rollback", "A")).Output, Does.Contain("pluginhost unpin A"));
        Assert.That((await AskAsync(host, "plugins", "A")).Output, Does.Contain("live").And.Contain("stored"));
        Assert.That((await AskAsync(host, "unpin", "A")).Output, Does.Contain("A follows its branch"));
    }

    [Test]
    public async Task WithJson_EveryAnswerCanBeRead()
    {
        Repository.AddPlugin("A").Commit("First");
        await using var host = await StartAsync();

        foreach (var command in new[] { "status", "scripts", "plugins", "plugins A", "deployments", "runs", "occurrences", "sync", "pause A.Work", "resume A.Work", "run-now A.Work --follow", "unpin A" })
        {
            var answer = await AskAsync(host, [.. command.Split(' '), "--json"]);
            Assert.That(JsonNode.Parse(answer.Output), Is.InstanceOf<JsonObject>(), command);
        }
    }

    [TestCase("nonsense")]
    [TestCase("runs --state nonsense")]
    [TestCase("logs")]
    public async Task AWrongCommandLine_EndsWith2(string commandLine)
    {
        Assert.That((await Tool.RunAsync(Folder.Path, commandLine.Split(' '))).ExitCode, Is.EqualTo(2));
    }

    private Task<Tool> AskAsync(ReadyHost host, params string[] arguments) => AskAsync(host, 0, arguments);

    private async Task<Tool> AskAsync(ReadyHost host, int exitCode, params string[] arguments)
    {
        var answer = await Tool.RunAsync(Folder.Path, [.. arguments, "--host", host.Api.BaseAddress!.ToString()]);
        Assert.That(answer.ExitCode, Is.EqualTo(exitCode), $"{string.Join(' ', arguments)}: {answer.Output}{answer.Error}");
        return answer;
    }
}
