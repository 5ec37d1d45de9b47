using System.Reflection;
using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

public sealed class ExceptionTextTests
{
    [Test]
    public void Describe_LooksThroughWrappings()
    {
        var wrapped = new TargetInvocationException(new TypeInitializationException("X", new AggregateException(new FormatException("not a number"))));

        Assert.That(ExceptionText.Describe(wrapped), Is.EqualTo("FormatException: not a number"));
    }

    [Test]
    public void EachText_OfAnExceptionThatThrows_Returns()
    {
        var evil = new EvilException();

        Assert.That(ExceptionText.Describe(evil), Does.StartWith("EvilException: (the exception fails"));
        Assert.That(ExceptionText.FullText(evil), Does.StartWith("(the exception fails"));
    }

    [Test]
    public void EachText_IsBounded()
    {
        var chatty = new InvalidOperationException(new string('x', 1_000_000));

        Assert.That(ExceptionText.Describe(chatty), Has.Length.LessThan(5_000));
        Assert.That(ExceptionText.FullText(chatty), Has.Length.LessThan(70_000));
    }

    private sealed class EvilException : Exception
    {
        public override string Message => throw new InvalidOperationException("no");

        public override string ToString() => throw new InvalidOperationException("no");
    }
}
