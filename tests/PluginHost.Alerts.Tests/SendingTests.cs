using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MimeKit;
using PluginHost.AspNetCore.Tests;
using SmtpServer;
using SmtpServer.ComponentModel;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace PluginHost.Alerts.Tests;

/// <summary>How alerts reach people.</summary>
public sealed class SendingTests
{
    private readonly FakeHost _host = new();
    private Receiver _receiver = null!;

    [SetUp]
    public async Task SetUp()
    {
        _host.Runs.Clear();
        _host.OccurrenceItems.Clear();
        _receiver = await Receiver.StartAsync();
    }

    [TearDown]
    public ValueTask TearDown() => _receiver.DisposeAsync();

    [Test]
    public async Task AsJson_ItIsWhole_AndSigned()
    {
        await using var watched = await StartAsync(("Rules:team:Url", _receiver.Url), ("Rules:team:Secret", "s3cret"), ("PublicUrl", "https://ops.example.com/scripts/"));
        watched.End(Failed());

        var post = await _receiver.NextAsync();

        var json = post.Json;
        Assert.Multiple(() =>
        {
            Assert.That((string?)json["kind"], Is.EqualTo("run-failed"));
            Assert.That((string?)json["subject"], Is.EqualTo("Reports.Daily"));
            Assert.That((string?)json["detail"], Does.StartWith("System.Exception: <!channel> & more"));
            Assert.That((string?)json["link"], Is.EqualTo("https://ops.example.com/scripts/runs/run1"));
            Assert.That(post.Signature, Is.EqualTo("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("s3cret"), Encoding.UTF8.GetBytes(post.Text)))));
        });
    }

    [Test]
    public async Task ForSlack_WhatAScriptSays_CallsNobody()
    {
        await using var watched = await StartAsync(("Rules:team:Url", _receiver.Url), ("Rules:team:Format", "Slack"), ("PublicUrl", "https://ops.example.com"));
        watched.End(Failed());

        var text = (string)(await _receiver.NextAsync()).Json["text"]!;

        Assert.That(text, Does.Contain("&lt;!channel&gt; &amp; more").And.EndWith("<https://ops.example.com/runs/run1|Open>"));
    }

    [Test]
    public async Task ForTeams_ItIsAnAdaptiveCard()
    {
        await using var watched = await StartAsync(("Rules:team:Url", _receiver.Url), ("Rules:team:Format", "teams"));
        watched.End(Failed());

        var card = (await _receiver.NextAsync()).Json["attachments"]![0]!["content"]!;

        Assert.That((string?)card["body"]![0]!["text"], Is.EqualTo("Reports.Daily failed."));
        Assert.That(card["actions"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task AReceiverThatFails_IsTriedAgain_AndHoldsUpNobody()
    {
        await using var other = await Receiver.StartAsync();
        _receiver.Answers.Enqueue(500);
        var time = new FakeTimeProvider(Examples.Noon);
        await using var watched = await WatchedHost.StartAsync(_host, time, ("Rules:one:Url", _receiver.Url), ("Rules:two:Url", other.Url));
        watched.End(Failed());

        await _receiver.NextAsync();
        await other.NextAsync();
        var second = _receiver.NextAsync();
        while (!second.IsCompleted)
        {
            // The pause before the next try begins some time after the answer was sent.
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(second, Task.Delay(10));
        }

        Assert.That((await second).Title, Is.EqualTo("Reports.Daily failed."));
    }

    [Test]
    public async Task ARule_IsToldOnlyWhatItAsksFor()
    {
        await using var watched = await StartAsync(
            ("Rules:team:Url", _receiver.Url), ("Rules:team:About:0", "reports.*"), ("Rules:team:On:0", "RunRecovered"));
        watched.End(Failed() with { Script = "Shop.Work" });
        watched.End(Failed() with { Id = "run2", Script = "Shop.Work", State = RunState.Succeeded });
        watched.End(Failed() with { Id = "run3" });
        watched.End(Failed() with { Id = "run4", State = RunState.Succeeded });

        Assert.That((await _receiver.NextAsync()).Title, Is.EqualTo("Reports.Daily succeeds again."));
    }

    [Test]
    public async Task ByMail_ItReachesThoseWhoAreNamed()
    {
        var store = new Mailbox();
        var services = new ServiceProvider();
        services.Add(store);
        using var stop = new CancellationTokenSource();
        var port = FreePort();
        var server = new SmtpServer.SmtpServer(new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(endpoint => endpoint.Endpoint(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, port))).Build(), services);
        var serving = server.StartAsync(stop.Token);
        await using (var watched = await StartAsync(
            ("Rules:team:MailTo:0", "ada@example.com"), ("Rules:team:MailTo:1", "Grace <grace@example.com>"),
            ("Mail:Host", "127.0.0.1"), ("Mail:Port", $"{port}"), ("Mail:Security", "None"), ("Mail:From", "host@example.com")))
        {
            watched.End(Failed());

            using var one = await store.NextAsync();
            using var other = await store.NextAsync();
            Assert.Multiple(() =>
            {
                Assert.That(one.Subject, Is.EqualTo("[PluginHost] Reports.Daily failed."));
                Assert.That(new[] { one, other }.SelectMany(message => message.To.Mailboxes).Select(to => to.Address), Is.EquivalentTo(new[] { "ada@example.com", "grace@example.com" }));
                Assert.That(one.TextBody, Does.Contain("<!channel> & more"));
            });
        }

        await stop.CancelAsync();
        await serving;
    }

    [Test]
    public async Task Mistakes_AreNamedAtStart_AllOfThem()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(
            ("PublicUrl", "ops"), ("Rules:a:About:0", "x"), ("Rules:b:Url", "ftp://x"), ("Rules:c:MailTo:0", "nobody"), ("Mail:Port", "0")));

        Assert.That(failure!.Failures, Has.Exactly(6).Items);
    }

    private Task<WatchedHost> StartAsync(params (string, string)[] settings) => WatchedHost.StartAsync(_host, TimeProvider.System, settings);

    private static RunInfo Failed() => Examples.Run() with
    {
        Id = "run1", State = RunState.Failed, Attempt = 1, FirstRun = null, FinishedAt = Examples.Noon, Error = new RunError("System.Exception", "<!channel> & more", null),
    };

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Mailbox : MessageStore
    {
        private readonly Channel<MimeMessage> _messages = Channel.CreateUnbounded<MimeMessage>();

        public Task<MimeMessage> NextAsync() => _messages.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));

        public override async Task<SmtpResponse> SaveAsync(
            ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
        {
            await _messages.Writer.WriteAsync(MimeMessage.Load(new MemoryStream(buffer.ToArray()), cancellationToken), cancellationToken);
            return SmtpResponse.Ok;
        }
    }
}
