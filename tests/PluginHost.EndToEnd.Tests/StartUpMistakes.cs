using System.Net;
using System.Net.Sockets;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The ready host is started in a way in which it cannot run.</summary>
public sealed class StartUpMistakes : HostTestBase
{
    [TestCase("--urls", "http://0.0.0.0:0", "does not listen on 'http://0.0.0.0:0'")]
    [TestCase("--urls", "http://loopback:0", "does not listen on 'http://loopback:0'")]
    [TestCase("--poll", "NaNs", "--poll NaNs is no duration")]
    [TestCase("--poll", "1e30d", "--poll 1e30d is no duration")]
    [TestCase("--settings", "nowhere.json", "--settings nowhere.json: there is no such file")]
    [TestCase("--repo", "ftp://127.0.0.1/x", "begins with 'ftp://'")]
    public async Task AWrongOption_IsNamed_AndTheExitCodeIs2(string option, string value, string words)
    {
        string[] repository = option == "--repo" ? [] : ["--repo", Repository.Path];

        var (exitCode, output) = await ReadyHost.FailAsync(new Dictionary<string, string>(), [.. repository, "--data", Data, option, value]);

        Assert.That(output, Does.Contain(words).And.Not.Contain("   at "));
        Assert.That(exitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task EveryWrongSetting_IsNamedAtOnce_AlsoOneThatThereIsNot()
    {
        var environment = new Dictionary<string, string>
        {
            ["PluginHost__Runs__MaxConcurent"] = "5", ["PluginHost__Runs__CancelGrace"] = "soon", ["PluginHost__Alerts__Rules__team__Uri"] = "http://x",
            ["PluginHost__Scripts__A.Work__anything"] = "is the script's own",
        };

        var (exitCode, output) = await ReadyHost.FailAsync(environment, "--repo", Repository.Path, "--data", Data, "--no-supervisor");

        Assert.That(output, Does.Contain("PluginHost:Runs:MaxConcurent is no setting. Did you mean MaxConcurrent?")
            .And.Contain("PluginHost:Runs:CancelGrace is 'soon', which is no time span.").And.Contain("PluginHost:Alerts:Rules:team:Uri is no setting. Did you mean Url?")
            .And.Not.Contain("A.Work").And.Not.Contain("   at "));
        Assert.That(exitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task AnEndpointOfKestrelsOwnSection_IsRefusedAsUrlsAre()
    {
        var environment = new Dictionary<string, string> { ["Kestrel__Endpoints__Open__Url"] = "http://0.0.0.0:0" };

        var (exitCode, output) = await ReadyHost.FailAsync(environment, "--repo", Repository.Path, "--data", Data);

        Assert.That(output, Does.Contain("does not listen on 'http://0.0.0.0:0'"));
        Assert.That(exitCode, Is.EqualTo(2));
    }

    [Test]
    public async Task ADataDirectoryThatIsAFile_IsNamed_AndTheExitCodeIs1()
    {
        await File.WriteAllTextAsync(Data, "");

        var (exitCode, output) = await ReadyHost.FailAsync(new Dictionary<string, string>(), "--repo", Repository.Path, "--data", Data, "--urls", "http://127.0.0.1:0");

        Assert.That(output, Does.Contain("The host cannot start").And.Contain(Data));
        Assert.That(exitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task AnAddressThatIsTaken_IsToldInASentence_WithoutAStackTrace()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var (exitCode, output) = await ReadyHost.FailAsync(new Dictionary<string, string>(), "--repo", Repository.Path, "--data", Data, "--urls", address, "--no-supervisor");

        Assert.That(output, Does.Contain($"Failed to bind to address {address}: address already in use. Another program listens there").And.Not.Contain("   at ").And.Not.Contain("fail:"));
        Assert.That(exitCode, Is.EqualTo(1));
    }
}
