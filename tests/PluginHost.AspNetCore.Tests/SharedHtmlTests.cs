using System.IO.Compression;
using System.Text;

namespace PluginHost.AspNetCore.Tests;

/// <summary>Pages that many have open go out compressed to whoever takes that.</summary>
public sealed class SharedHtmlTests
{
    [TestCase("gzip, deflate, br, zstd", true)]
    [TestCase("br;q=1.0, GZIP;q=0.8", true)]
    [TestCase("gzip;q=0, br", false)]
    [TestCase("br", false)]
    [TestCase(null, false)]
    public async Task APage_GoesOutAsItsReaderTakesIt(string? accepts, bool compressed)
    {
        await using var web = await WebHost.StartAsync(new FakeHost());
        using var request = new HttpRequestMessage(HttpMethod.Get, "");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", accepts);

        using var response = await web.Client.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();

        Assert.Multiple(() =>
        {
            Assert.That(response.Content.Headers.ContentEncoding, Is.EqualTo(compressed ? new[] { "gzip" } : []));
            Assert.That(response.Headers.Vary, Does.Contain("Accept-Encoding"));
            Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/html; charset=utf-8"));
            Assert.That(compressed ? Unpack(bytes) : Encoding.UTF8.GetString(bytes), Does.StartWith("<!DOCTYPE html>").And.Contain("Reports.Daily").And.EndsWith("</html>"));
        });
    }

    [Test]
    public async Task AChange_IsOnThePage_AsSoonAsItIsToldOf()
    {
        var host = new FakeHost();
        await using var web = await WebHost.StartAsync(host);
        Assert.That(await web.Client.GetStringAsync(""), Does.Not.Contain("when resumed"));

        host.Scripts[0] = host.Scripts[0] with { State = ScriptState.Paused };
        host.Revision++;

        Assert.That(await web.Client.GetStringAsync(""), Does.Contain("when resumed"));
    }

    private static string Unpack(byte[] bytes)
    {
        using var plain = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress));
        return plain.ReadToEnd();
    }
}
