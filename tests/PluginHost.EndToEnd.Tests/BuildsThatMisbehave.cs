using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Builds that hang, leave processes behind, or write without end.</summary>
[Platform("Linux")]
public sealed class BuildsThatMisbehave : HostTestBase
{
    // Two hundred megabytes in one line, twenty megabytes of warnings, and then what matters.
    private const string Flood = """
        <Target Name="Flood" BeforeTargets="CoreCompile">
          <Exec Command="head -c 200000000 /dev/zero | tr '\0' x" StandardOutputImportance="low" />
          <Exec Command="awk 'BEGIN { s = sprintf(&quot;%900s&quot;, &quot;&quot;); gsub(/ /, &quot;x&quot;, s); for (i = 1; i &lt;= 22000; i++) print &quot;Work.cs(&quot; i &quot;,1): warning FL0001: &quot; s &quot; number &quot; i }'" />
          <Error Code="FL0002" Text="after the flood" />
        </Target>
        """;

    private const string Hang = """
        <Target Name="Hang" BeforeTargets="CoreCompile"><Exec Command="setsid sleep 4321 &amp; sleep 4321" /></Target>
        """;

    [Test]
    public async Task TheyAreEnded_WithAllTheyStarted_WhatTheyWriteIsBounded_AndTheNextCommitGoesLive()
    {
        Repository.AddPlugin("A", "context.SetResult(1);").AddPlugin("B", "context.SetResult(1);").Commit("First");
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: new Dictionary<string, string> { ["PluginHost__Build__Timeout"] = "00:01:00" });

        Repository.Write("plugins/A/A.csproj", PluginSource.Project().Replace("</Project>", Flood + "</Project>", StringComparison.Ordinal)).Commit("Flood");
        await UntilProblemAsync(host, "FL0002 after the flood");
        Assert.That(Directory.GetFiles(Path.Combine(Data, "builds", "default", "logs"), "*.log").Max(log => new FileInfo(log).Length), Is.LessThan(40 << 20));
        Assert.That(PeakMegabytes(host), Is.LessThan(700), "What a build writes is not kept in memory.");

        Repository.Write("plugins/A/A.csproj", PluginSource.Project().Replace("</Project>", Hang + "</Project>", StringComparison.Ordinal)).Commit("Hang");
        await UntilProblemAsync(host, "took longer than 00:01:00 and was ended");
        Assert.That(host.StartedProcesses().Where(process => process.Contains("sleep", StringComparison.Ordinal)), Is.Empty);

        Repository.Write("plugins/A/A.csproj", PluginSource.Project()).Write("plugins/A/Work.cs", PluginSource.Script("context.SetResult(2);")).Commit("Mended");
        await host.SyncAsync(TimeSpan.FromMinutes(3));
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));
    }

    /// <summary>A call that waits for a deployment gives up before such a build does.</summary>
    private static Task<JsonNode> UntilProblemAsync(ReadyHost host, string message) =>
        host.UntilAsync("api/v1/plugins/A", plugin => plugin["problem"]?["message"]?.ToString().Contains(message, StringComparison.Ordinal) == true);

    private static long PeakMegabytes(ReadyHost host) =>
        long.Parse(File.ReadLines($"/proc/{host.ProcessId}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], null) / 1024;
}
