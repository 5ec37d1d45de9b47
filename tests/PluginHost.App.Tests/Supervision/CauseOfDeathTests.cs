using System.Text;
using PluginHost.App.Supervision;

namespace PluginHost.App.Tests.Supervision;

/// <summary>What is left of a process that died: its exit code, and what it wrote last.</summary>
public sealed class CauseOfDeathTests
{
    [Test]
    public void WhatTheRuntimeSaid_IsTheCause_WithoutWhatWasWrittenBefore()
    {
        var cause = Describe(134, "warn: something\nStack overflow.\nRepeated 24091 times:\n   at Deadly.Recurse(Int32)\n");

        Assert.That(cause, Does.StartWith("Stack overflow.\nRepeated 24091 times:\n   at Deadly.Recurse(Int32)").And.Contain("SIGABRT").And.Not.Contain("something"));
    }

    [Test]
    public void ALongStack_IsCut_AndBeginsWithItsBeginning()
    {
        var cause = Describe(134, "Stack overflow.\n" + string.Concat(Enumerable.Repeat("   at Deadly.Recurse(Int32)\n", 100_000)));

        Assert.That(cause, Does.StartWith("Stack overflow.").And.Length.LessThan(8000));
    }

    [Test]
    public void TextThatComesInPieces_IsPutTogether()
    {
        var words = new LastWords();
        foreach (var piece in Encoding.UTF8.GetBytes("Process terminated. Größe\n"))
        {
            words.Add([piece]);
        }

        Assert.That(words.Cause, Is.EqualTo("Process terminated. Größe"));
    }

    [Test]
    public void ASignalWithoutAWord_IsNamed_WithTheLastLines() =>
        Assert.That(Describe(137, "one\ntwo\n"), Does.Contain("SIGKILL").And.Contain("one\ntwo"));

    [Test]
    public void AnExitThatNobodyAskedFor_IsNamed() =>
        Assert.That(Describe(0, ""), Does.Contain("exit code 0").And.Contain("Environment.Exit"));

    [Test]
    public void WhatWindowsSays_IsNamed() => Assert.That(Describe(unchecked((int)0xC00000FD), ""), Does.Contain("a stack overflow").And.Contain("0xC00000FD"));

    [TestCase(null, false)]
    [TestCase("Stack overflow.\n   at \"A\"", true)]
    public void TheGreeting_ReadsAsItWasWritten_InOneLine(string? death, bool safeMode)
    {
        var written = new Greeting(death, safeMode).Write();

        Assert.That(written, Does.Not.Contain("\n"));
        Assert.That(Greeting.Read(written), Is.EqualTo(new Greeting(death, safeMode)));
    }

    private static string Describe(int exitCode, string written)
    {
        var words = new LastWords();
        words.Add(Encoding.UTF8.GetBytes(written));
        return CauseOfDeath.Describe(exitCode, words);
    }
}
