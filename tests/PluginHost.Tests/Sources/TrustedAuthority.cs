using PluginHost.TestInfra;

namespace PluginHost.Tests.Sources;

/// <summary>The certificate authority that the tests of this folder trust: libgit2 reads whom to trust once in a process.</summary>
[SetUpFixture]
public sealed class TrustedAuthority
{
    private static TestDirectory? _directory;

    public static TestCertificates Certificates { get; private set; } = null!;

    [OneTimeSetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        Certificates = new TestCertificates(_directory.Path);
        Certificates.TrustInThisProcess();
    }

    [OneTimeTearDown]
    public void TearDown()
    {
        Certificates.Dispose();
        _directory?.Dispose();
    }
}
