using System.Runtime.Versioning;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;
using PluginHost.Running;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Running;

public sealed class SecretParametersTests
{
    private static readonly string[] Names = ["Password", "Codes"];

    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = new DataDirectory(Options.Create(new PluginHostOptions { DataDirectory = _directory.Path }));
    }

    [TearDown]
    public void TearDown()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    private static JsonObject Given => new() { ["User"] = "ada", ["password"] = "swordfish", ["Codes"] = new JsonArray(1717171717, null) };

    [Test]
    public void WhatIsProtected_CanBeRead_OnlyWhenItIsRevealed()
    {
        var stored = new SecretParameters(_data).Protect("Shop.Pay", Given, Names);

        // Another instance, as after a restart.
        var revealed = new SecretParameters(_data).Reveal("shop.pay", JsonNode.Parse(stored.ToJsonString())!.AsObject());

        Assert.That(stored.ToJsonString(), Does.Contain("ada").And.Not.Contain("swordfish").And.Not.Contain("1717171717"));
        Assert.That(JsonNode.DeepEquals(revealed, Given), revealed.ToJsonString());
    }

    [Test]
    public void TheSameSecretTwice_LooksDifferent()
    {
        var secrets = new SecretParameters(_data);

        var (first, second) = (secrets.Protect("Shop.Pay", Given, Names), secrets.Protect("Shop.Pay", Given, Names));

        Assert.That(second.ToJsonString(), Is.Not.EqualTo(first.ToJsonString()));
    }

    [Test]
    public void WhatIsShown_SaysThatThereIsASecret()
    {
        var stored = new SecretParameters(_data).Protect("Shop.Pay", Given, Names);

        var shown = SecretParameters.Hide(stored);

        Assert.That(shown.ToJsonString(), Is.EqualTo("""{"User":"ada","password":"***","Codes":"***"}"""));
    }

    [Test]
    public void AnotherScript_CannotRevealIt()
    {
        var secrets = new SecretParameters(_data);
        var stored = secrets.Protect("Shop.Pay", Given, Names);

        Assert.That(() => secrets.Reveal("Shop.Steal", stored), Throws.InvalidOperationException.With.Message.StartsWith("The secret parameter 'password' of script 'Shop.Steal' cannot be decrypted: "));
    }

    [Test]
    public void WithAnotherKey_ItCannotBeRevealed()
    {
        var stored = new SecretParameters(_data).Protect("Shop.Pay", Given, Names);
        File.Delete(_data.SecretKey);

        Assert.That(() => new SecretParameters(_data).Reveal("Shop.Pay", stored), Throws.InvalidOperationException);
    }

    [TestCase("")]
    [TestCase("AAAA")]
    [TestCase("not base64")]
    public void WhatOnlyLooksEncrypted_IsRefused(string text) =>
        Assert.That(() => new SecretParameters(_data).Reveal("Shop.Pay", new JsonObject { ["Password"] = new JsonObject { ["$secret"] = text } }), Throws.InvalidOperationException);

    [Test]
    public void ADamagedKey_IsNamed()
    {
        File.WriteAllBytes(_data.SecretKey, [1, 2, 3]);

        Assert.That(() => new SecretParameters(_data).Protect("Shop.Pay", Given, Names), Throws.InvalidOperationException.With.Message.Contains("has 3 bytes"));
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "It has no such modes.")]
    [UnsupportedOSPlatform("windows")]
    public void TheKey_IsForNobodyElse()
    {
        new SecretParameters(_data).Protect("Shop.Pay", Given, Names);

        Assert.That(File.GetUnixFileMode(_data.SecretKey), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}
