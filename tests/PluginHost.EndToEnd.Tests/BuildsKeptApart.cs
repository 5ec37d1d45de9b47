using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>What an operator asks of builds: packages as they were locked, and another user.</summary>
[Platform("Linux")]
public sealed class BuildsKeptApart : HostTestBase
{
    [Test]
    public async Task WithALockedRestore_ALockFileThatFits_IsNeeded()
    {
        Repository.AddPlugin("A", "context.SetResult(1);").AddPlugin("B", "context.SetResult(1);").Commit("First");
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: new Dictionary<string, string> { ["PluginHost__Build__LockedRestore"] = "true" });
        Assert.That(await ProblemOf(host, "A"), Does.Contain("Build:LockedRestore is set, and there is no packages.lock.json beside plugins/A/A.csproj"));

        // As an author does it, with the contract from a feed.
        await host.UntilAsync("api/v1/status", _ => Directory.Exists(Path.Combine(Data, "builds", ".contract", "unpacked")));
        Lock("A");
        Lock("B");
        Repository.Replace("plugins/B/packages.lock.json", "\"requested\": \"[*, )\"", "\"requested\": \"[9.9.9, )\"").Commit("Locked");
        await host.SyncAsync();

        Assert.That(await ProblemOf(host, "A"), Is.Empty);
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(1));
        Assert.That(await ProblemOf(host, "B"), Does.Contain("NU1004").And.Contain("dotnet restore --force-evaluate"));
    }

    [Test]
    public async Task AsAnotherUser_ABuildMakesItsPlugin_ReadsNothingOfTheHosts_AndIsEndedWithAllItStarted()
    {
        Requires.Program("util-linux", "setpriv");
        if (Environment.UserName != "root")
        {
            Assert.Ignore("This test starts builds as another user, which only root may.");
        }

        Repository.AddPlugin("A", "context.SetResult(System.IO.File.ReadAllText(System.IO.Path.Combine(context.PluginDirectory, \"who.txt\")).Trim());")
            .Write("plugins/A/A.csproj", PluginSource.Project().Replace("</Project>", """
                <Target Name="Who" AfterTargets="Build"><Exec Command="id -un > $(TargetDir)who.txt; cat /proc/self/status | grep -q '^Uid:.65534'" /></Target></Project>
                """, StringComparison.Ordinal)).Commit("First");
        var home = Folder.Combine("home");
        Directory.CreateDirectory(home);
        Directory.CreateDirectory(Path.Combine(Data, "builds"));
        Command.Run("/", "chmod", "755", Folder.Path);
        Command.Run("/", "chown", "nobody:nogroup", home);
        Command.Run("/", "chgrp", "nogroup", Path.Combine(Data, "builds"));
        Command.Run("/", "chmod", "2750", Path.Combine(Data, "builds"));
        string[] prefix = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--no-new-privs", "env", $"HOME={home}", $"PATH={Environment.GetEnvironmentVariable("PATH")}"];
        var environment = prefix.Select((part, i) => KeyValuePair.Create($"PluginHost__Build__CommandPrefix__{i}", part)).ToDictionary();
        environment["PluginHost__Build__Timeout"] = "00:01:30";

        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: environment);

        Assert.That(await ProblemOf(host, "A"), Is.Empty, host.Output);
        Assert.That((await host.RunAsync("A.Work"))["result"]?.ToString(), Is.EqualTo("nobody"), host.Output);
        Assert.That(host.StartedProcesses().Where(process => process.Contains("dotnet", StringComparison.Ordinal)), Is.Empty, "Nothing is kept from one build to the next.");
    }

    [Test]
    public async Task InASandbox_ABuildMakesItsPlugin_AndSeesNothingOfTheHostsData_AndNoNetwork()
    {
        Requires.Program("bubblewrap", "bwrap");
        if (!MayMakeNamespaces())
        {
            Assert.Ignore("This machine lets nobody make namespaces, which bubblewrap needs.");
        }

        Repository.AddPlugin("A", "context.SetResult(System.IO.File.ReadAllText(System.IO.Path.Combine(context.PluginDirectory, \"seen.txt\")));")
            .Write("plugins/A/A.csproj", PluginSource.Project().Replace("</Project>", $"""
                <Target Name="See" AfterTargets="Build"><Exec Command="ls '{Data}' > $(TargetDir)seen.txt; grep -c : /proc/net/dev >> $(TargetDir)seen.txt; touch '{Folder.Combine("written")}' || true" /></Target></Project>
                """, StringComparison.Ordinal)).Commit("First");
        string[] prefix = ["bwrap", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", Data, "--bind", "{builds}", "{builds}", "--unshare-all", "--die-with-parent"];
        var environment = prefix.Select((part, i) => KeyValuePair.Create($"PluginHost__Build__CommandPrefix__{i}", part)).ToDictionary();

        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: environment);

        Assert.That(await ProblemOf(host, "A"), Is.Empty, host.Output);
        Assert.That((await host.RunAsync("A.Work"))["result"]?.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.EqualTo(new[] { "builds", "1" }), "of the data only the builds, of the network only the loopback");
        Assert.That(File.Exists(Folder.Combine("written")), Is.False);
    }

    private static bool MayMakeNamespaces()
    {
        try
        {
            Command.Run("/", "bwrap", "--ro-bind", "/", "/", "--unshare-all", "true");
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void Lock(string id) => Command.Run(
        Path.Combine(Repository.Path, "plugins", id), "dotnet", "restore", "--use-lock-file", "-nodeReuse:false",
        $"-p:RestoreAdditionalProjectSources={Path.Combine(Data, "builds", ".contract")}",
        $"-p:BaseIntermediateOutputPath={Folder.Combine("author", id)}/");

    private static async Task<string> ProblemOf(ReadyHost host, string id) => (await host.GetAsync($"api/v1/plugins/{id}"))["problem"]?["message"]?.ToString() ?? "";
}
