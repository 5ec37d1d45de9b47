using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

/// <summary>Sources on a real OpenSSH server.</summary>
[Platform("Linux", Reason = "The server is Debian's sshd, and /proc tells what is left.")]
public sealed class SshRemoteTests
{
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private SshServer _server = null!;
    private string _key = "";
    private string _knownHosts = "";
    private string _commit = "";

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("remote it's"));
        _commit = _repository.Write("a.txt", "a").Commit("First");
        _server = new SshServer(_directory.Combine("sshd"));

        // Nothing about these names may trouble a shell.
        var keys = Directory.CreateDirectory(_directory.Combine("key's $HOME \"folder\"")).FullName;
        _key = SshServer.MakeKey(Path.Combine(keys, "deploy key"));
        _server.Authorize(_key);
        _knownHosts = _server.WriteKnownHosts(Path.Combine(Directory.CreateDirectory(_directory.Combine("host's folder")).FullName, "known hosts"));
    }

    [TearDown]
    public void TearDown()
    {
        _server?.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task Pull_WithTheRightKey_AnswersTheTip_AndLeavesNoProcess()
    {
        using var source = Open();

        var first = await source.PullAsync(null, default);
        Assert.That(first.Commit, Is.EqualTo(_commit));
        Assert.That(await source.PullAsync(first, default), Is.SameAs(first));

        var second = _repository.Commit("Second");
        Assert.That((await source.PullAsync(first, default)).Commit, Is.EqualTo(second));
        Assert.That(ChildrenNamedSsh(), Is.Empty);
    }

    [Test]
    public async Task Pull_WithAKeyThatTheServerDoesNotKnow_IsUnauthorized_InTheWordsOfSsh()
    {
        var stranger = SshServer.MakeKey(_directory.Combine("stranger"));
        using var source = Open(credentials => credentials.SshKeyFile = stranger);

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unauthorized));
        Assert.That(failure.Message, Does.Contain("ssh could not sign in").And.Contain("Permission denied (publickey)").And.Contain("Credentials:SshKeyFile"));
        Assert.That(ChildrenNamedSsh(), Is.Empty);
    }

    [Test]
    public async Task Pull_FromAHostWithAnUnknownKey_IsRefused_AndSaysHowToKnowIt()
    {
        await File.WriteAllTextAsync(_knownHosts, "");
        using var source = Open();

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unauthorized));
        Assert.That(failure.Message, Does.Contain("does not know the host key").And.Contain("ssh-keyscan").And.Contain("Credentials:SshKnownHostsFile"));
    }

    [Test]
    public async Task Pull_FromAHostWhoseKeyChanged_IsRefused()
    {
        var other = SshServer.MakeKey(_directory.Combine("other_host"));
        await File.WriteAllTextAsync(_knownHosts, $"[127.0.0.1]:{_server.Port} {await File.ReadAllTextAsync($"{other}.pub")}");
        using var source = Open();

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unauthorized));
        Assert.That(failure.Message, Does.Contain("Host key verification failed"));
    }

    [TestCase(nameof(CredentialOptions.SshKeyFile))]
    [TestCase(nameof(CredentialOptions.SshKnownHostsFile))]
    public async Task Pull_WithAFileThatIsNotThere_NamesItAndItsSetting(string setting)
    {
        var missing = _directory.Combine("missing");
        using var source = Open(credentials => typeof(CredentialOptions).GetProperty(setting)!.SetValue(credentials, missing));

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unauthorized));
        Assert.That(failure.Message, Does.Contain($"'{missing}'").And.Contain($"Credentials:{setting}").And.Contain("does not exist"));
    }

    [Test]
    public async Task Pull_WithAKeyThatAsksForAPassphrase_FailsInsteadOfAsking()
    {
        Command.Run("/", "ssh-keygen", "-q", "-p", "-P", "", "-N", "secret", "-f", _key);
        using var source = Open();

        Assert.That((await FailAsync(source)).Failure, Is.EqualTo(SourceFailure.Unauthorized));
    }

    [Test]
    public async Task Pull_WhileTheServerIsDown_IsUnreachable_AndWorksWhenItIsBack()
    {
        using var source = Open();
        await source.PullAsync(null, default);
        _server.Stop();

        var failure = await FailAsync(source);
        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unreachable));
        Assert.That(failure.Message, Does.Contain("Connection refused"));

        _server.Start();
        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(_commit));
    }

    [Test]
    public async Task Pull_OfARepositoryThatIsNotThere_SaysItInTheWordsOfGit()
    {
        using var source = Open(path: "/nowhere");

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unreachable));
        Assert.That(failure.Message, Does.Contain("'/nowhere' does not appear to be a git repository"));
    }

    [Test]
    public async Task Pull_FromAServerThatNeverAnswers_EndsSshWhenTheTimeIsOver()
    {
        var time = new FakeTimeProvider();
        _server.Stop();
        using var silent = new TcpListener(IPAddress.Loopback, _server.Port);
        silent.Start();
        using var source = Open(time: time);

        var pull = source.PullAsync(null, default);
        using var connection = await silent.AcceptTcpClientAsync();
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.That((await Assert.ThrowsAsync<SourceException>(() => pull))!.Message, Does.Contain("took longer than"));
        silent.Stop();
        _server.Start();

        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(_commit));
        Assert.That(ChildrenNamedSsh(), Is.Empty);
    }

    private static async Task<SourceException> FailAsync(Source source) =>
        (await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default)))!;

    /// <summary>Children of this process, zombies included.</summary>
    private static List<string> ChildrenNamedSsh() =>
        [.. Directory.EnumerateDirectories("/proc/self/task").SelectMany(ChildrenOf)
            .Select(child => File.Exists($"/proc/{child}/comm") ? File.ReadAllText($"/proc/{child}/comm").Trim() : "")
            .Where(name => name == "ssh")];

    private static string[] ChildrenOf(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (DirectoryNotFoundException)
        {
            // The thread has ended meanwhile, and left its children to another.
            return [];
        }
    }

    private Source Open(Action<CredentialOptions>? configure = null, string? path = null, TimeProvider? time = null) =>
        Make.Source(
            _server.Address(path ?? _repository.Path),
            _directory.Combine("clone's folder"),
            options =>
            {
                options.Credentials.SshKeyFile = _key;
                options.Credentials.SshKnownHostsFile = _knownHosts;
                configure?.Invoke(options.Credentials);
            },
            time: time);
}
