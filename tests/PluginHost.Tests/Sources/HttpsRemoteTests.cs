using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using PluginHost.Sources;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

/// <summary>Sources on a real git server: TLS, and a token to get in.</summary>
[Platform("Linux", Reason = "The server is Debian's nginx and fcgiwrap.")]
public sealed class HttpsRemoteTests
{
    private const string Token = "right-token";

    private readonly LogLines<Source> _log = new();
    private TestDirectory _directory = null!;
    private TestRepository _repository = null!;
    private GitHttpsServer _server = null!;
    private string _commit = "";

    private string Url => $"{_server.Address}/private/remote/.git";

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _repository = TestRepository.Create(_directory.Combine("remote"));
        _commit = _repository.Write("plugins/a.txt", "a").Commit("First");
        _server = new GitHttpsServer(_directory.Combine("server"), _directory.Path, TrustedAuthority.Certificates);
    }

    [TearDown]
    public void TearDown()
    {
        _server?.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task Pull_WithTheRightToken_AnswersTheTip_AndKeepsTheTokenNowhere()
    {
        using var source = Open(options => options.Credentials.Token = Token);

        var snapshot = await source.PullAsync(null, default);

        Assert.That(snapshot.Commit, Is.EqualTo(_commit));
        Assert.That(snapshot.ReadText(snapshot.Tree.FindFile("plugins/a.txt")!), Is.EqualTo("a"));
        AssertKeepsNoSecret();
    }

    [Test]
    public async Task Pull_WhenNothingMoved_AsksForReferencesOnly()
    {
        using var source = Open(options => options.Credentials.Token = Token);
        var first = await source.PullAsync(null, default);
        Assert.That(_server.TakeRequests(), Has.Some.Contains("POST").And.Some.Contains("200 git"));

        await source.PullAsync(first, default);
        Assert.That(_server.TakeRequests(), Has.None.Contains("POST").And.Some.Contains("200 git GET"));

        var commit = _repository.Commit("Second");
        Assert.That((await source.PullAsync(first, default)).Commit, Is.EqualTo(commit));
        Assert.That(_server.TakeRequests(), Has.Some.Contains("POST"));
    }

    [Test]
    public async Task Pull_AfterTheTokenFileWasRewritten_UsesTheNewToken()
    {
        var file = _directory.Combine("token");
        await File.WriteAllTextAsync(file, $"  {Token}\nsecond line\n");
        using var source = Open(options => options.Credentials.TokenFile = file);
        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(_commit));

        _server.SetToken("git", "next-token");
        Assert.That((await FailAsync(source)).Failure, Is.EqualTo(SourceFailure.Unauthorized));

        await File.WriteAllTextAsync(file, "next-token");
        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(_commit));
        AssertKeepsNoSecret();
    }

    [Test]
    public async Task Pull_WithUserAndTokenInTheAddress_SignsInWithThem()
    {
        _server.SetToken("ada", "p@ss word");
        using var source = Open(url: Url.Replace("https://", "https://ada:p%40ss%20word@", StringComparison.Ordinal));

        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(_commit));
        Assert.That(source.Url, Is.EqualTo(Url));
        AssertKeepsNoSecret("p@ss word", "p%40ss");
    }

    [Test]
    public async Task Pull_WithATokenAloneInTheAddress_SendsItAsUserAndPassword()
    {
        _server.SetToken("t0k3n", "t0k3n");
        using var source = Open(url: Url.Replace("https://", "https://t0k3n@", StringComparison.Ordinal));

        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(_commit));
        AssertKeepsNoSecret("t0k3n");
    }

    [Test]
    public async Task Pull_WithAWrongToken_TriesItOnce_AndSaysWhatToSet()
    {
        using var source = Open(options => options.Credentials.Token = "wrong-token");

        var failure = await FailAsync(source);

        Assert.Multiple(() =>
        {
            Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unauthorized));
            Assert.That(failure.Message, Does.StartWith($"{Url} refused the credentials.").And.Contain("Credentials:Token"));
            Assert.That(failure.ToString(), Does.Not.Contain("wrong-token"));
            Assert.That(_server.TakeRequests().Where(request => !request.StartsWith("401 - ", StringComparison.Ordinal)), Is.EqualTo(new[] { "401 git GET /private/remote/.git/info/refs?service=git-upload-pack" }));
        });
        AssertKeepsNoSecret("wrong-token");
    }

    [Test]
    public async Task Pull_WithoutAToken_SaysThatOneIsNeeded_AndSendsNone()
    {
        using var source = Open();

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unauthorized));
        Assert.That(failure.Message, Does.Contain("asks for credentials, and none are configured").And.Contain("Credentials:TokenFile"));
        Assert.That(_server.TakeRequests(), Is.All.StartsWith("401 - "));
    }

    [TestCase(null, "cannot be read")]
    [TestCase("\n", "nothing in its first line")]
    public async Task Pull_WithATokenFileThatHoldsNone_NamesTheFile(string? content, string words)
    {
        var file = _directory.Combine("token");
        if (content is not null)
        {
            await File.WriteAllTextAsync(file, content);
        }

        using var source = Open(options => options.Credentials.TokenFile = file);

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unauthorized));
        Assert.That(failure.Message, Does.Contain(file).And.Contain(words));
    }

    [Test]
    public async Task Pull_FromAServerThatNobodyVouchesFor_IsRefused_AndSaysHowToTrustIt()
    {
        using var others = new TestCertificates(Directory.CreateDirectory(_directory.Combine("others")).FullName);
        using var stranger = new GitHttpsServer(_directory.Combine("stranger"), _directory.Path, others);
        using var source = Open(options => options.Credentials.Token = Token, $"{stranger.Address}/private/remote/.git");

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unreachable));
        Assert.That(failure.Message, Does.Contain("is not trusted").And.Contain("SSL_CERT_FILE"));
        Assert.That(stranger.TakeRequests(), Is.Empty);
    }

    [Test]
    public async Task Pull_WhileTheServerIsDown_IsUnreachable_AndWorksWhenItIsBack()
    {
        using var source = Open(options => options.Credentials.Token = Token);
        var first = await source.PullAsync(null, default);
        _server.Stop();

        var failure = await FailAsync(source);
        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unreachable));
        Assert.That(failure.Message, Does.Contain("cannot be reached").And.Contain(Url));

        _server.Start();
        var commit = _repository.Commit("Second");
        Assert.That((await source.PullAsync(first, default)).Commit, Is.EqualTo(commit));
    }

    [Test]
    public async Task Pull_OfARepositoryThatIsNotThere_SaysSo()
    {
        using var source = Open(options => options.Credentials.Token = Token, $"{_server.Address}/private/nowhere.git");

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unreachable));
        Assert.That(failure.Message, Does.Contain("There is no repository at").And.Contain("or not for this token"));
    }

    [Test]
    public async Task Pull_FollowsARedirectOnTheSameServer()
    {
        using var source = Open(options => options.Credentials.Token = Token, $"{_server.Address}/moved/remote/.git");

        Assert.That((await source.PullAsync(null, default)).Commit, Is.EqualTo(_commit));
    }

    [TestCase("away")]
    [TestCase("away-when-known")]
    public async Task Pull_RedirectedToAnotherServer_DoesNotSendTheTokenThere(string path)
    {
        using var first = new GitHttpsServer(_directory.Combine("first"), _directory.Path, TrustedAuthority.Certificates, elsewhere: _server.Address);
        using var source = Open(options => options.Credentials.Token = Token, $"{first.Address}/{path}/remote/.git");

        var failure = await FailAsync(source);

        Assert.That(failure.Failure, Is.EqualTo(SourceFailure.Unauthorized));
        Assert.That(failure.Message, Does.Contain("another server").And.Contain("Url"));
        Assert.That(_server.TakeRequests(), Is.Not.Empty.And.All.StartsWith("401 - "));
    }

    [Test]
    public async Task Pull_FromAServerThatNeverAnswers_IsGivenUpOn_AndTheNextOneIsNotHeldUp()
    {
        var time = new FakeTimeProvider();
        _server.Stop();
        using var silent = new TcpListener(IPAddress.Loopback, _server.Port);
        silent.Start();
        using var source = Open(options => options.Credentials.Token = Token, time: time);

        var pull = source.PullAsync(null, default);
        using var connection = await silent.AcceptTcpClientAsync();
        time.Advance(TimeSpan.FromMinutes(10));
        var failure = await Assert.ThrowsAsync<SourceException>(() => pull);
        Assert.That(failure!.Message, Does.Contain("took longer than"));
        silent.Stop();
        _server.Start();

        // The thread that waits for the silent server has some seconds to notice, on the same clock.
        var next = source.PullAsync(null, default);
        while (!next.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(next, Task.Delay(10));
        }

        Assert.That((await next).Commit, Is.EqualTo(_commit));
    }

    [Test]
    public async Task Pull_OfTwoSourcesOnOneRemote_GivesEachItsOwn()
    {
        _repository.Git("branch", "live");
        var second = _repository.Commit("Second");
        using var main = Open(options => options.Credentials.Token = Token);
        using var live = Open(options => (options.Credentials.Token, options.Branch) = (Token, "live"), folder: "other");

        var snapshots = await Task.WhenAll(main.PullAsync(null, default), live.PullAsync(null, default));

        Assert.That(snapshots.Select(snapshot => snapshot.Commit), Is.EqualTo(new[] { second, _commit }));
    }

    private static async Task<SourceException> FailAsync(Source source) =>
        (await Assert.ThrowsAsync<SourceException>(() => source.PullAsync(null, default)))!;

    private void AssertKeepsNoSecret(params string[] secrets)
    {
        foreach (var secret in secrets.Append(Token))
        {
            Assert.That(_log.Lines, Has.None.Contains(secret));
            Assert.That(Directory.EnumerateFiles(_directory.Combine("clone"), "*", SearchOption.AllDirectories).Where(file => File.ReadAllText(file).Contains(secret, StringComparison.Ordinal)), Is.Empty);
        }
    }

    private Source Open(Action<SourceOptions>? configure = null, string? url = null, string folder = "clone", TimeProvider? time = null) =>
        Make.Source(url ?? Url, _directory.Combine(folder), configure, time: time, logger: _log);
}
