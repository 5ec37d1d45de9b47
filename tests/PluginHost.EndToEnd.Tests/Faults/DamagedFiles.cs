using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Faults;

/// <summary>What was built is no longer on the disk as it was: a crash, a disk or a script has changed it.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed class DamagedFiles : HostTestBase
{
    [Test]
    public async Task OfWhatIsLive_AreSeen_AndAnEarlierVersionStandsIn_UntilItIsBuiltAgain()
    {
        Repository.AddPlugin("Garbled", "context.SetResult(1);").AddPlugin("Cut").AddPlugin("Sound").AddPlugin("Deleting", "System.IO.Directory.Delete(context.PluginDirectory, true); context.SetResult(1);")
            .Commit("First");
        await using (var host = await StartAsync())
        {
            Repository.AddPlugin("Garbled", "context.SetResult(2);").Commit("Second");
            await host.SyncAsync();
            for (var time = 0; time < 2; time++)
            {
                Assert.That((await host.RunAsync("Deleting.Work"))["state"]!.ToString(), Is.EqualTo(time == 0 ? "succeeded" : "failed"), "the folder is gone, and the host goes on");
            }

            await host.KillAsync();
        }

        // Of the same length, and with its metadata as they were: only its content tells.
        Garble(AssemblyOf("Garbled"));
        using (var cut = File.OpenWrite(AssemblyOf("Cut")))
        {
            cut.SetLength(cut.Length / 2);
        }

        Directory.Move(Repository.Path, Folder.Combine("away"));
        await using var again = await StartAsync();
        var garbled = await again.GetAsync("api/v1/plugins/Garbled");
        Assert.That(garbled["state"]!.ToString(), Is.EqualTo("degraded"));
        Assert.That(garbled["problem"]!["message"]!.ToString(), Does.Contain("Garbled.dll is no longer what was built").And.Contain("stands in"));
        Assert.That((await again.RunAsync("Garbled.Work"))["result"]?.ToString(), Is.EqualTo("1"));
        Assert.That((await again.RunAsync("Sound.Work"))["result"]?.ToString(), Is.EqualTo("1"));
        Assert.That((await again.RunAsync("Cut.Work"))["status"]?.ToString(), Is.EqualTo("404"), "it has no earlier version");
        Assert.That(again.Output, Does.Contain("Plugin 'Cut' was live before and is not now: its file Cut.dll is no longer what was built"));

        Directory.Move(Folder.Combine("away"), Repository.Path);
        var receipt = await again.SyncAsync();
        Assert.That(receipt["state"]!.ToString(), Is.EqualTo("succeeded"), receipt.ToJsonString());
        Assert.That((await again.RunAsync("Garbled.Work"))["result"]?.ToString(), Is.EqualTo("2"));
        Assert.That((await again.RunAsync("Cut.Work"))["result"]?.ToString(), Is.EqualTo("1"));
        Assert.That((await again.RunAsync("Deleting.Work"))["result"]?.ToString(), Is.EqualTo("1"));
        Assert.That((await again.GetAsync("api/v1/plugins/Garbled"))["problem"], Is.Null);
    }

    /// <summary>The plugin's newest build.</summary>
    private string AssemblyOf(string plugin) => Directory.GetFiles(Path.Combine(Data, "artifacts", "store", plugin), $"{plugin}.dll", SearchOption.AllDirectories).MaxBy(File.GetLastWriteTimeUtc)!;

    private static void Garble(string file)
    {
        var content = File.ReadAllBytes(file);
        content[^1] ^= 0xFF;
        File.WriteAllBytes(file, content);
    }
}
