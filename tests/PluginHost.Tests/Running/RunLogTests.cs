using System.Text;
using Microsoft.Extensions.Time.Testing;
using PluginHost.Running;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Running;

public sealed class RunLogTests
{
    private static readonly TimeSpan Flush = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, 5, TimeSpan.Zero));
    private readonly TestDirectory _directory = new();

    private string File => _directory.Combine("2026-01-31", "run.log");

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public void AnEntry_HasTimeAndLevel_AndItsFurtherLinesAreIndented()
    {
        using (var log = new RunLog(File, 10_000, new SecretTexts(), _time))
        {
            log.Write("INF", "one\r\ntwo\nthree\n\n");
            log.Write("OUT", "");
            log.Write("ERR", "ümlaut");
        }

        Assert.That(Content(), Is.EqualTo("""
            2026-01-31T12:00:00.005Z INF one
                two
                three
            2026-01-31T12:00:00.005Z OUT 
            2026-01-31T12:00:00.005Z ERR ümlaut

            """.ReplaceLineEndings("\n")));
    }

    [Test]
    public void ALogThatIsFull_IsCut_AndSaysSo_AndStaysAsItIs()
    {
        using (var log = new RunLog(File, 100, new SecretTexts(), _time))
        {
            log.Write("INF", new string('x', 40));
            log.Write("INF", new string('y', 40));
            log.Write("INF", "z");
        }

        var lines = Content().Split('\n');
        Assert.That(lines, Has.Length.EqualTo(3));
        Assert.That(lines[0], Does.EndWith("xxx"));
        Assert.That(lines[1], Does.EndWith("WRN The log is cut here: it has reached the 100 bytes that are kept of a run's log (PluginHost:Runs:MaxLogBytes)."));
        Assert.That(lines[2], Is.Empty);
    }

    [Test]
    public void WhatIsWritten_CanBeRead_WhenTheTimeToFlushHasCome()
    {
        using var log = new RunLog(File, 10_000, new SecretTexts(), _time);
        var before = log.Look();
        log.Write("INF", "one");
        Assert.That((log.Look().Visible, before.Grown.IsCompleted), Is.EqualTo((0L, false)));

        _time.Advance(Flush);

        Assert.That((log.Look().Visible, before.Grown.IsCompleted), Is.EqualTo(("2026-01-31T12:00:00.005Z INF one\n".Length, true)));
        Assert.That(log.Look().Grown.IsCompleted, Is.False);
    }

    [Test]
    public void ALogThatIsClosed_ShowsAllOfIt_AndTakesNoMore()
    {
        var log = new RunLog(File, 10_000, new SecretTexts(), _time);
        var before = log.Look();
        log.Write("INF", "one");
        log.Dispose();
        log.Write("INF", "two");

        var (visible, grown, closed) = log.Look();
        Assert.That((visible, grown.IsCompleted, closed, before.Grown.IsCompleted), Is.EqualTo((new FileInfo(File).Length, true, true, true)));
        Assert.That(Content(), Does.EndWith("one\n"));
    }

    [Test]
    [Platform("Linux", Reason = "needs a device that is full")]
    public void AFullDisk_CostsTheLogItsEnd_AndNothingElse()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.CreateSymbolicLink(File, "/dev/full");
        var log = new RunLog(File, 10_000_000, new SecretTexts(), _time);
        log.Write("INF", "small");

        Assert.That(() => _time.Advance(Flush), Throws.Nothing, "on a timer it would end the process");
        Assert.That(() => log.Write("INF", new string('x', 1_000_000)), Throws.Nothing);
        Assert.That(log.Dispose, Throws.Nothing);
        System.IO.File.Delete(File);
    }

    private string Content() => Encoding.UTF8.GetString(System.IO.File.ReadAllBytes(File));
}
