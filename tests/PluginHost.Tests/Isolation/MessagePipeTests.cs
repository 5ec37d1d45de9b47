using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipes;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using PluginHost.Isolation;
using PluginHost.Running;

namespace PluginHost.Tests.Isolation;

public sealed class MessagePipeTests
{
    private static readonly RunFacts Facts = new("r1", "Shop.Sweep", new string('a', 40), "/plugins/Shop", RunTrigger.Schedule, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), 2);

    private static readonly WorkerSpan Span = new()
    {
        Source = new SpanSource("Orders", null), Address = new SpanAddress(new string('a', 32), new string('b', 16), "vendor=1"), ParentId = new string('c', 16), HasRemoteParent = true,
        Name = "import", DisplayName = "import of orders", Kind = ActivityKind.Client, StartedAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc).AddTicks(1), Duration = TimeSpan.FromTicks(7),
        Status = ActivityStatusCode.Error, StatusDescription = "no", Tags = [new SpanTag("a", SpanTagKind.Real, false, ["NaN"])],
        Events = [new SpanEvent("e", DateTimeOffset.UnixEpoch, [])], Links = [new SpanLink(new SpanAddress(new string('d', 32), new string('e', 16), null), true, [new SpanTag("l", SpanTagKind.Text, true, ["x", "y"])])],
    };

    private static readonly WorkerMessage[] Messages =
    [
        new LoadPlugin("Shop", "/plugins/Shop/Shop.dll", ["PluginHost.Abstractions"], true, 1000, 100),
        new StartRun(Facts, (JsonObject)JsonNode.Parse("""{"days":3,"where":{"city":"Köln"}}""")!, new Dictionary<string, string?> { ["a:b"] = "c", ["empty"] = null }, IsTraced: true),
        new StartRun(Facts with { ScheduledFor = null }, null, new Dictionary<string, string?>(), IsTraced: false),
        new CancelRun("r1"),
        new ValueAnswer(7) { Json = "{}", Version = 12 },
        new ValueAnswer(8) { Keys = ["a", "b"], Error = new RunError("ArgumentException", "no", null) },
        new SourceAnswer(new SpanSource("Orders", "1.0"), true),
        new SourceAsked(new SpanSource("Orders", null)),
        new SpanEnded("r1", Span),
        new PluginLoaded("because"),
        new LineWritten("r1", "OUT", "two\nlines \u0000 𝄞"),
        new TextLogged("r1", LogLevel.Critical, ""),
        new ProgressReported("r1", new RunProgress(0.5, "half")),
        new ResultSet("r1", JsonNode.Parse("""[1,null,"x"]""")),
        new ResultSet("r1", JsonNode.Parse(new string('[', 64) + new string(']', 64))),
        new ResultSet("r1", null),
        new ValueCall(9, "r1", ValueAction.Set, "key", "1", 0),
        new RunEnded("r1", new RunError("E", "m", "s")),
        new RunEnded("r1", null),
    ];

    [Test]
    public void EachMessage_ComesAsItWasSent_InOrder()
    {
        using var stream = new MemoryStream();
        using var pipe = new MessagePipe(stream, stream);
        Array.ForEach(Messages, pipe.Send);
        stream.Position = 0;

        var received = Enumerable.Range(0, Messages.Length).Select(_ => pipe.Receive()!).ToList();

        Assert.That(received.Select(Text), Is.EqualTo(Messages.Select(Text)));
        Assert.That(received.Select(message => message.GetType()), Is.EqualTo(Messages.Select(message => message.GetType())));
        Assert.That(pipe.Receive(), Is.Null, "the other end is gone");
    }

    [Test]
    public async Task ManySenders_DoNotGetBetweenEachOthersMessages_AlsoInPieces()
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.Out);
        using var client = new AnonymousPipeClientStream(PipeDirection.In, server.ClientSafePipeHandle);
        using var sender = new MessagePipe(Stream.Null, server);
        using var receiver = new MessagePipe(client, Stream.Null);

        // Larger than what a pipe holds, so that each is read in pieces.
        var sending = Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                sender.Send(new LineWritten($"{number}", "OUT", new string((char)('a' + number), 50_000 + i)));
            }
        })));
        var received = await Task.Run(() => Enumerable.Range(0, 160).Select(_ => (LineWritten)receiver.Receive()!).ToList());
        await sending;

        Assert.That(received.Select(line => line.Text.Distinct().Single() - 'a'), Is.EqualTo(received.Select(line => int.Parse(line.RunId, null))));
        Assert.That(received.GroupBy(line => line.RunId).Select(lines => lines.Select(line => line.Text.Length)), Is.All.Ordered);
    }

    [TestCase("x", Description = "ends within the length")]
    [TestCase("\u0010\0\0\0{\"$\":", Description = "ends within the message")]
    public void WhatEndsTooEarly_IsTheEnd(string bytes)
    {
        using var pipe = Reading(Encoding.Latin1.GetBytes(bytes));

        Assert.That(pipe.Receive(), Is.Null);
    }

    [TestCase("no JSON at all")]
    [TestCase("null")]
    [TestCase("{}")]
    [TestCase("""{"$":"unheard-of"}""")]
    [TestCase("""{"$":"cancel","RunId":7}""")]
    public void WhatIsNoMessage_IsSaidToBeNone(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var frame = new byte[4 + bytes.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, bytes.Length);
        bytes.CopyTo(frame, 4);
        using var pipe = Reading(frame);

        Assert.That(() => pipe.Receive(), Throws.InstanceOf<InvalidDataException>().With.Message.StartsWith("What came between host and worker is no message"));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(MessagePipe.MaxBytes + 1)]
    public void ALengthThatCannotBe_IsNotBelieved(int length)
    {
        var frame = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(frame, length);
        using var pipe = Reading(frame);

        Assert.That(() => pipe.Receive(), Throws.InstanceOf<InvalidDataException>().With.Message.Contains($"its length would be {length}"));
    }

    private static MessagePipe Reading(byte[] bytes) => new(new MemoryStream(bytes), Stream.Null);

    private static string Text(WorkerMessage message) => System.Text.Json.JsonSerializer.Serialize(message, WorkerJson.Default.WorkerMessage);
}
