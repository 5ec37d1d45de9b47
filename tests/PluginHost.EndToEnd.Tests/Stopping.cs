using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The host is told to stop, as a service manager and Ctrl-C do it.</summary>
[Platform("Linux")]
public sealed class Stopping : HostTestBase
{
    private const string Left = "86411";
    private const string Kept = "86412";

    [Test]
    public async Task WhileAScriptRuns_CancelsIt_AndLeavesNoProcess()
    {
        Repository.AddPlugin("Endless", "await Task.Delay(Timeout.Infinite, cancellationToken);").Commit("Endless");
        await using var host = await StartAsync();
        var run = await host.PostAsync("api/v1/scripts/Endless.Work/runs");
        await host.UntilAsync($"api/v1/runs/{run["id"]}", now => now["state"]!.ToString() == "running");
        Assert.That(host.StartedProcesses(), Is.Not.Empty, "the build servers are kept warm");

        Assert.That(await host.StopAsync(), Is.Zero);

        Assert.That(host.StartedProcesses(), Is.Empty);
        await using var again = await StartAsync();
        Assert.That((await again.GetAsync($"api/v1/runs/{run["id"]}"))["state"]!.ToString(), Is.EqualTo("cancelled"));
    }

    [Test]
    public async Task WhileABuildGoesOn_EndsItWithAllItStarted()
    {
        Repository.AddPlugin("Waits").Write("plugins/Waits/Waits.csproj", PluginSource.ProjectThatWaitsFor(Folder.Combine("never"))).Commit("Waits");
        await using var host = await ReadyHost.LaunchAsync(Repository.Path, Data);
        await host.UntilAsync("api/v1/status", status => File.Exists(Folder.Combine("never.waiting")));

        Assert.That(await host.StopAsync(), Is.Zero);

        Assert.That(host.StartedProcesses(), Is.Empty);
    }

    [Test]
    public async Task AfterBuilds_LeavesNoTemporaryFile()
    {
        Repository.AddPlugin("A").Commit("First");
        var temporary = Directory.CreateDirectory(Folder.Combine("tmp"));
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: new Dictionary<string, string> { ["TMPDIR"] = temporary.FullName });
        Repository.AddPlugin("A", "context.SetResult(2);").Commit("Second");
        await host.SyncAsync();
        Assert.That(temporary.GetFileSystemInfos("ph-*"), Has.Length.EqualTo(1), "builds have a folder of their own");

        Assert.That(await host.StopAsync(), Is.Zero);

        Assert.That(temporary.GetFileSystemInfos().Select(left => left.Name), Is.Empty);
    }

    [Test]
    public async Task ProcessesThatARunHasLeftBehind_EndAfterIt_OrWithTheHost()
    {
        // The shell ends at once, so that what it has started is nobody's child.
        const string Start = "using var shell = System.Diagnostics.Process.Start(\"/bin/sh\", [\"-c\", $\"sleep {0} & echo\"]); await shell.WaitForExitAsync(cancellationToken);";
        Repository
            .AddPlugin("Leaves", Start.Replace("{0}", Left, StringComparison.Ordinal))
            .AddPlugin("Keeps", $"{Start.Replace("{0}", Kept, StringComparison.Ordinal)} await Task.Delay(Timeout.Infinite, cancellationToken);")
            .Commit("Leaves");
        await using var host = await StartAsync();

        Assert.That((await host.RunAsync("Leaves.Work"))["state"]!.ToString(), Is.EqualTo("succeeded"));
        await host.UntilAsync("api/v1/status", _ => host.Output.Contains("Ended process", StringComparison.Ordinal));
        Assert.That(Sleeping(Left), Is.Empty);

        // What stays until the host ends, ends with it.
        await host.PostAsync("api/v1/scripts/Keeps.Work/runs");
        await host.UntilAsync("api/v1/status", _ => Sleeping(Kept).Any());
        Assert.That(await host.StopAsync(), Is.Zero);
        Assert.That(Sleeping(Kept), Is.Empty);
    }

    private static IEnumerable<string> Sleeping(string seconds) => Directory.EnumerateDirectories("/proc")
        .Select(folder => Path.Combine(folder, "cmdline"))
        .Where(File.Exists)
        .Select(ReadOrEmpty)
        .Where(command => command == $"sleep\0{seconds}\0");

    private static string ReadOrEmpty(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
