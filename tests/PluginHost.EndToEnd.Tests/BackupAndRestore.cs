using System.Collections.Concurrent;
using System.Net;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The data of a host that runs, as one file, and a host from that file.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class BackupAndRestore : HostTestBase
{
    [Test]
    public async Task ABackupUnderLoad_IsAWholeHost_WithoutTheRemoteAndWithoutABuild()
    {
        Repository.AddPlugin("A", "Console.WriteLine(\"said A\"); context.SetResult(1);", "[Schedule(\"* * * * * *\")]").Commit("First");
        var (backup, restored) = (Folder.Combine("backup.tar.gz"), Folder.Combine("restored"));
        var acknowledged = new ConcurrentQueue<string>();
        List<string> before;
        await using (var host = await StartAsync())
        {
            using var enough = new CancellationTokenSource();
            var callers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                while (!enough.IsCancellationRequested)
                {
                    acknowledged.Enqueue((await host.RunAsync("A.Work"))["id"]!.ToString());
                }
            })).ToList();
            await host.UntilAsync("api/v1/occurrences?outcome=ran", page => page["items"]!.AsArray().Count > 0 && acknowledged.Count > 20);

            before = [.. acknowledged];
            var made = await Tool.RunAsync(Folder.Path, "backup", backup, "--data", Data);
            Assert.That(made.ExitCode, Is.Zero, made.Error);
            var refused = await Tool.RunAsync(Folder.Path, "restore", backup, "--data", Data);
            Assert.That(refused.ExitCode, Is.EqualTo(1));
            Assert.That(refused.Error, Does.Contain("Another host uses the data directory"));
            await enough.CancelAsync();
            await Task.WhenAll(callers);
        }

        var done = await Tool.RunAsync(Folder.Path, "restore", backup, "--data", restored);
        Assert.That(done.ExitCode, Is.Zero, done.Error);
        Directory.Move(Repository.Path, Folder.Combine("away"));
        await using var again = await ReadyHost.StartAsync(Repository.Path, restored);

        Assert.That((await again.RunAsync("A.Work"))["state"]!.ToString(), Is.EqualTo("succeeded"));
        foreach (var run in before)
        {
            using var answer = await again.Api.GetAsync($"api/v1/runs/{run}");
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), run);
        }

        Assert.That(await again.Api.GetStringAsync($"api/v1/runs/{before[0]}/log"), Does.Contain("said A"));
        Assert.That((await again.GetAsync("api/v1/deployments"))["items"]!.AsArray(), Has.Count.EqualTo(1), "nothing was built");
    }
}
