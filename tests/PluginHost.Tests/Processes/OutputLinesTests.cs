using System.Text;
using PluginHost.Processes;

namespace PluginHost.Tests.Processes;

public sealed class OutputLinesTests
{
    [Test]
    public async Task Lines_AreThoseThatWereWritten_WhateverEndsThem()
    {
        Assert.That(await ReadAsync("a\n\nb\r\nlast"), Is.EqualTo(new[] { "a", "", "b", "last" }));
    }

    [Test]
    public async Task ALineWithoutEnd_IsCut_AndFillsNoMemory()
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var lines = new List<string>();

        await OutputLines.ReadAsync(new StreamReader(new Endless(500_000_000)), lines.Add);

        Assert.That(lines, Has.Count.EqualTo(1));
        Assert.That(lines[0], Has.Length.EqualTo(OutputLines.MaxLength));
        Assert.That(GC.GetTotalAllocatedBytes(precise: true) - before, Is.LessThan(200_000_000), "Far less than was written.");
    }

    private static async Task<List<string>> ReadAsync(string text)
    {
        var lines = new List<string>();
        await OutputLines.ReadAsync(new StreamReader(new MemoryStream(Encoding.UTF8.GetBytes(text))), lines.Add);
        return lines;
    }

    /// <summary>So many times the letter x.</summary>
    private sealed class Endless(long length) : MemoryStream
    {
        private long _left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(_left, buffer.Length);
            buffer.Span[..count].Fill((byte)'x');
            _left -= count;
            return ValueTask.FromResult(count);
        }
    }
}
