using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Builds that hang, leave processes behind, or write without end.</summary>
[Platform("Linux")]
public sealed class BuildsThatMisbehave : HostTestBase
{
    // Two hundred megabytes in one line, a hundred thousand warnings, and then what matters.
    private const string Flood = """
        <Target Name="Flood" BeforeTargets="CoreCompile">
          <Exec Command="head -c 200000000 /dev/zero | tr '\0' x" StandardOutputImportance="low" />
          <Exec Command="awk 'BEGIN { for (i = 1; i &lt;= 100000; i++) print &quot;Work.cs(&quot; i &quot;,1): warning FL0001: a flood of warnings, each of them long enough to fill the log all together, and more of it so that the limit is reached for certain, number &quot; i }'" />
          <Error Code="FL0002" Text="after the flood" />
        </Target>
        """;

    private const string Hang = """
        <Target Name="Hang" BeforeTargets="CoreCompile"><Exec Command="setsid sleep 4321 &amp; sleep 4321" /></Target>
        """;

    [Test]
    [Explicit("Fails on a loaded machine: after the flood the plugin has no problem yet when the sync answers, and why is not known.")]
    public async Task TheyAreEnded_WithAllTheyStarted_WhatTheyWriteIsBounded_AndTheNextCommitGoesLive()
    {
        Repository.AddPlugin("A", "context.SetResult(1);").AddPlugin("B", "context.SetResult(1);").Commit("First");
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: new Dictionary<string, string> { ["PluginHost__Build__Timeout"] = "00:01:00" });

        Repository.Write("plugins/A/A.csproj", PluginSource.Project().Replace("</Project>", Flood + "</Project>", StringComparison.Ordinal)).Commit("Flood");
        await host.SyncAsync(TimeSpan.FromMinutes(3));
        Assert.That((await host.GetAsync("api/v1/plugins/A"))["problem"]!["message"]!.ToString(), Does.Contain("FL0002 after the flood"));
        Assert.That(Directory.GetFiles(Path.Combine(Data, "builds", "default", "logs"), "*.log").Max(log => new FileInfo(log).Length), Is.LessThan(40 << 20));
        Assert.That(PeakMegabytes(host), Is.LessThan(700), "What a build writes is not kept in memory.");

        Repository.Write("plugins/A/A.csproj", PluginSource.Project().Replace("</Project>", Hang + "</Project>", StringComparison.Ordinal)).Commit("Hang");
        await host.SyncAsync(TimeSpan.FromMinutes(3));
        Assert.That((await host.GetAsync("api/v1/plugins/A"))["problem"]!["message"]!.ToString(), Does.Contain("took longer than 00:01:00 and was ended"));
        Assert.That(host.StartedProcesses().Where(process => process.Contains("sleep", StringComparison.Ordinal)), Is.Empty);

        Repository.Write("plugins/A/A.csproj", PluginSource.Project()).Write("plugins/A/Work.cs", PluginSource.Script("context.SetResult(2);")).Commit("Mended");
        await host.SyncAsync(TimeSpan.FromMinutes(3));
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));
    }

    private static long PeakMegabytes(ReadyHost host) =>
        long.Parse(File.ReadLines($"/proc/{host.ProcessId}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], null) / 1024;
}
