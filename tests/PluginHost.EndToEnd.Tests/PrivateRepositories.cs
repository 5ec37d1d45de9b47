using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The ready host on repositories that ask who it is.</summary>
[Platform("Linux", Reason = "The server is Debian's nginx and fcgiwrap.")]
public sealed class PrivateRepositories
{
    private const string Token = "t0ken-of-the-test";

    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private TestCertificates _certificates = null!;
    private GitHttpsServer _server = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("repository"));
        _repository.AddPlugin("A", "context.SetResult(1);").Commit("First");
        _certificates = new TestCertificates(_directory.Path);
        _server = new GitHttpsServer(_directory.Combine("server"), _directory.Path, _certificates);
        _server.SetToken("git", Token);
    }

    [TearDown]
    public void TearDown()
    {
        _server?.Dispose();
        _certificates.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task WithATokenFile_ACommitGoesLive_ARotatedTokenToo_AndTheTokenIsShownNowhere()
    {
        await using var host = await StartAsync(trusted: true);
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(1));

        _server.SetToken("git", $"{Token}-rotated");
        await File.WriteAllTextAsync(_directory.Combine("token"), $"{Token}-rotated\n");
        _repository.Replace("plugins/A/Work.cs", "SetResult(1)", "SetResult(2)").Commit("Second");
        await host.SyncAsync();
        Assert.That((await host.RunAsync("A.Work"))["result"]!.GetValue<int>(), Is.EqualTo(2));

        foreach (var path in new[] { "status", "deployments", "plugins/A", "runs" })
        {
            Assert.That(await host.Api.GetStringAsync($"api/v1/{path}"), Does.Not.Contain(Token), path);
        }

        Assert.That(await host.StopAsync(), Is.Zero);
        Assert.That(host.Output, Does.Not.Contain(Token));
        Assert.That(
            Directory.EnumerateFiles(_directory.Combine("data"), "*", SearchOption.AllDirectories).Where(file => File.ReadAllText(file).Contains(Token, StringComparison.Ordinal)),
            Is.Empty);
    }

    [Test]
    public async Task FromAServerThatTheMachineDoesNotTrust_NothingIsTaken_AndTheStatusSaysWhatToDo()
    {
        await using var host = await StartAsync(trusted: false);

        var source = (await host.GetAsync("api/v1/status"))["sources"]![0]!;

        Assert.That(source["state"]!.ToString(), Is.EqualTo("unreachable"));
        Assert.That(source["error"]!.ToString(), Does.Contain("is not trusted").And.Contain("SSL_CERT_FILE"));
    }

    private async Task<ReadyHost> StartAsync(bool trusted)
    {
        await File.WriteAllTextAsync(_directory.Combine("token"), $"{Token}\n");
        var environment = new Dictionary<string, string> { ["PluginHost__Sources__default__Credentials__TokenFile"] = _directory.Combine("token") };
        if (trusted)
        {
            // The variable takes the place of what it was, and the build's package feeds may need that.
            var before = Environment.GetEnvironmentVariable("SSL_CERT_FILE") is { } file && File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
            environment["SSL_CERT_FILE"] = _directory.Combine("trusted.pem");
            await File.WriteAllTextAsync(_directory.Combine("trusted.pem"), before + "\n" + await File.ReadAllTextAsync(_certificates.AuthorityFile));
        }

        return await ReadyHost.StartAsync($"{_server.Address}/private/repository/.git", _directory.Combine("data"), environment: environment);
    }
}
