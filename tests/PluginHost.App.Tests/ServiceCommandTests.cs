using PluginHost.TestInfra;

namespace PluginHost.App.Tests;

/// <summary>What <c>pluginhost service</c> prints.</summary>
public sealed class ServiceCommandTests
{
    [Test]
    [Platform("Linux")]
    public async Task TheUnit_IsOneThatSystemdTakes()
    {
        var systemd = Requires.Program("systemd", "systemd-analyze");
        using var folder = new TestDirectory();
        var answer = await Cli.RunAsync("service", "--repo", "https://git.example.com/a%20b.git", "--urls", "http://127.0.0.1:5080");
        Assert.That(answer.ExitCode, Is.Zero, answer.Error);
        await File.WriteAllTextAsync(folder.Combine("pluginhost.service"), answer.Output);

        var (exitCode, output) = await VerifyAsync(systemd, folder.Combine("pluginhost.service"));

        // What an older systemd does not know, it leaves out and says so.
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains("pluginhost.service", StringComparison.Ordinal) && !line.Contains("DelegateSubgroup", StringComparison.Ordinal)), Is.Empty);
        Assert.That(exitCode, Is.Zero, output);
    }

    [Test]
    [Platform("Linux")]
    public async Task TheUnit_StartsTheHostAlone_WithTheOptionsThatWereGiven()
    {
        var unit = (await Cli.RunAsync("service", "--repo", "/srv/my scripts", "--poll", "5s")).Output;

        Assert.That(unit, Does.Match(@"ExecStart=\S.* run --no-supervisor --repo ""/srv/my scripts"" --poll 5s --data /var/lib/pluginhost/data\n"));
        Assert.That(unit, Does.Contain("\nType=notify\n"));
    }

    [Test]
    public void WhatWindowsWants_QuotesWhatHasSpaces() => Assert.That(
        Services.ServiceText.Windows(["C:\\Program Files\\pluginhost.exe"], ["--data", "C:\\Data"]),
        Does.StartWith("sc.exe create PluginHost start= auto binPath= \"\\\"C:\\Program Files\\pluginhost.exe\\\" run --no-supervisor --data C:\\Data\"\n"));

    [Test]
    public async Task AnOptionThatIsRepeated_HasItsNameBeforeEachValue()
    {
        var answer = (await Cli.RunAsync("service", "--repo", "/srv/scripts", "--label", "gpu", "--label", "region=eu")).Output;

        Assert.That(answer, Does.Match("--label\\W+gpu\\W+--label\\W+region=eu"));
    }

    [Test]
    public async Task AnOptionThatAServiceCannotHave_IsWrongUsage() => Assert.That((await Cli.RunAsync("service", "--safe-mode")).ExitCode, Is.Not.Zero);

    private static async Task<(int ExitCode, string Output)> VerifyAsync(string systemd, string unit)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(systemd, ["verify", "--man=no", unit]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var output = Task.WhenAll(process.StandardError.ReadToEndAsync(limit.Token), process.StandardOutput.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, string.Concat(await output));
    }
}
