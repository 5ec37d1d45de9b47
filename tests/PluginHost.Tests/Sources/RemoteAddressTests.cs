using PluginHost.Sources;

namespace PluginHost.Tests.Sources;

public sealed class RemoteAddressTests
{
    [TestCase("https://example.com/team/scripts.git", "https://example.com/team/scripts.git", null, null)]
    [TestCase("https://ada:s3cret@example.com/x.git", "https://example.com/x.git", "ada", "s3cret")]
    [TestCase("https://t0ken@example.com/x.git", "https://example.com/x.git", "t0ken", null)]
    [TestCase("https://ada:p%40ss@example.com:8443/x.git", "https://example.com:8443/x.git", "ada", "p@ss")]
    [TestCase("ssh://git@example.com/x.git", "ssh://git@example.com/x.git", null, null)]
    [TestCase("ssh://git:s3cret@example.com:22/x.git", "ssh://git@example.com:22/x.git", null, null)]
    [TestCase("git@example.com:team/x.git", "git@example.com:team/x.git", null, null)]
    public void Parse_TakesCredentialsOutOfTheAddress(string text, string url, string? user, string? password)
    {
        var address = RemoteAddress.Parse(text);

        Assert.That((address.Url, address.User, address.Password), Is.EqualTo((url, user, password)));
    }

    [TestCase("ssh://git@example.com/x.git", ExpectedResult = true)]
    [TestCase("git@example.com:team/x.git", ExpectedResult = true)]
    [TestCase("https://example.com/x.git", ExpectedResult = false)]
    [TestCase("./repo", ExpectedResult = false)]
    public bool IsSsh_KnowsBothForms(string text) => RemoteAddress.Parse(text).IsSsh;

    [Test]
    public void Parse_OfARelativeFolder_MakesItAbsolute() =>
        Assert.That(RemoteAddress.Parse("scripts").Url, Is.EqualTo(Path.GetFullPath("scripts")));

    [TestCase("https://example.com/x.git", "https://EXAMPLE.com:443/y.git", ExpectedResult = true)]
    [TestCase("http://example.com/x.git", "https://example.com/x.git", ExpectedResult = true)]
    [TestCase("https://example.com/x.git", "http://example.com/x.git", ExpectedResult = false)]
    [TestCase("https://example.com/x.git", "https://example.com:8443/x.git", ExpectedResult = false)]
    [TestCase("https://example.com/x.git", "https://example.com.evil.org/x.git", ExpectedResult = false)]
    public bool IsOn_KnowsItsOwnServer(string address, string url) => RemoteAddress.Parse(address).IsOn(url);
}
