using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests.Faults;

/// <summary>The host is killed while a commit is on its way to being live.</summary>
[Platform("Linux")]
public sealed class KilledAtEveryStage : HostTestBase
{
    private static readonly string[] Stages = ["build", "keep", "load", "swap"];

    private string Release => Folder.Combine("release");

    private string Loaded => Folder.Combine("loaded");

    private string Staging => Path.Combine(Data, "artifacts", "staging");

    [Test]
    public async Task WhatWasLive_IsLiveAgain_AndTheCommitGoesLiveInTheEnd()
    {
        Repository.AddPlugin("A", "context.SetResult(0);").AddPlugin("B").Commit("First");
        var host = await StartAsync();
        try
        {
            for (var round = 1; round <= Stages.Length; round++)
            {
                var reached = Prepare(Stages[round - 1], round);
                Repository.Commit(Stages[round - 1]);
                await UntilAsync(reached);
                await host.KillAsync();

                // Without the remote: what it comes back with is what it has on its disk.
                Directory.Move(Repository.Path, Folder.Combine("away"));
                await File.WriteAllTextAsync(Release, "");
                host = await StartAsync();
                Assert.That((await host.RunAsync("A.Work"))["result"]?.ToString(), Is.EqualTo($"{round - 1}").Or.EqualTo($"{round}"), $"killed at {Stages[round - 1]}. {host.Output}");
                Assert.That((await host.RunAsync("B.Work"))["result"]?.ToString(), Is.EqualTo("1"));

                Directory.Move(Folder.Combine("away"), Repository.Path);
                await host.SyncAsync();
                Assert.That((await host.RunAsync("A.Work"))["result"]?.ToString(), Is.EqualTo($"{round}"), $"killed at {Stages[round - 1]}. {host.Output}");
                Assert.That((await host.GetAsync("api/v1/plugins/A"))["state"]!.ToString(), Is.EqualTo("live"));
                File.Delete(Release);
            }
        }
        finally
        {
            await host.DisposeAsync();
        }
    }

    [Test]
    public async Task WithoutAnSdk_WhatWasLiveRuns_AndWhatIsNewSaysWhatIsMissing()
    {
        Repository.AddPlugin("A", "context.SetResult(1);").Commit("First");
        await using (await StartAsync())
        {
        }

        // What a machine with the runtime alone says.
        var dotnet = Folder.Combine("dotnet");
        await File.WriteAllTextAsync(dotnet, "#!/bin/sh\necho 'The command could not be loaded, possibly because:'\necho '  * No .NET SDKs were found.'\nexit 145\n");
        Command.Run("/", "chmod", "+x", dotnet);
        Repository.AddPlugin("New").Commit("New");
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: new Dictionary<string, string> { ["PluginHost__Build__DotnetPath"] = dotnet });
        await host.SyncAsync();

        Assert.That((await host.RunAsync("A.Work"))["result"]?.ToString(), Is.EqualTo("1"));
        Assert.That((await host.GetAsync("api/v1/plugins/New"))["problem"]!["message"]!.ToString(), Does.Contain("No .NET SDKs were found").And.Contain("Install the .NET SDK where the host runs"));
    }

    /// <summary>Writes the content of a round, and answers how it is known that it has come to the stage.</summary>
    private Func<bool> Prepare(string stage, int round)
    {
        File.Delete(Loaded);
        Repository.AddPlugin("A", $"context.SetResult({round});");
        var initializer = Repository.Write("plugins/A/Initializer.cs", "internal static class Initializer;");
        switch (stage)
        {
            case "build":
                Repository.Write("plugins/A/A.csproj", PluginSource.ProjectThatWaitsFor(Release));
                return () => File.Exists(Release + ".waiting");
            case "keep":
                var kept = Kept();
                return () => Kept() > kept;
            case "load":
                initializer.Write("plugins/A/Initializer.cs", Initializer($"while (!System.IO.File.Exists(\"{Release}\")) Thread.Sleep(10);"));
                return () => File.Exists(Loaded);
            default:
                initializer.Write("plugins/A/Initializer.cs", Initializer(""));
                return () => File.Exists(Loaded);
        }
    }

    private string Initializer(string body) =>
        $"internal static class Initializer {{ [System.Runtime.CompilerServices.ModuleInitializer] internal static void Run() {{ System.IO.File.WriteAllText(\"{Loaded}\", \"\"); {body} }} }}";

    /// <summary>How many builds of the plugin are being kept, or are.</summary>
    private int Kept() => Directory.GetDirectories(Path.Combine(Data, "artifacts", "store", "A")).Length + (Directory.Exists(Staging) ? Directory.GetDirectories(Staging).Length : 0);

    // Without a pause: the stages are short.
    private static async Task UntilAsync(Func<bool> reached)
    {
        using var limit = new CancellationTokenSource(ReadyHost.Patience);
        while (!reached())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
