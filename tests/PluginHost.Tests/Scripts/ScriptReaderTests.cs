using System.ComponentModel.DataAnnotations;
using PluginHost.Scripts;

namespace PluginHost.Tests.Scripts;

public sealed class ScriptReaderTests
{
    [Test]
    public void Read_OfAPlainClass_TakesItsNameAndTheDefaults()
    {
        var script = ReadOne(typeof(Plain)).Descriptor;

        Assert.That(script, Has.Property("Id").EqualTo("Shop.Plain")
            .And.Property("PluginId").EqualTo("Shop")
            .And.Property("Name").EqualTo("Plain")
            .And.Property("Description").Null
            .And.Property("Tags").Empty
            .And.Property("Timeout").Null
            .And.Property("MaxAttempts").EqualTo(1)
            .And.Property("RetryDelay").EqualTo(TimeSpan.FromSeconds(10))
            .And.Property("Schedules").Empty);
        Assert.That(script.ParameterSchema.ToJsonString(), Is.EqualTo("""{"type":"object","properties":{},"additionalProperties":false}"""));
    }

    [Test]
    public void Read_OfAFullClass_TakesWhatItSays()
    {
        var script = ReadOne(typeof(Full)).Descriptor;

        Assert.That(script, Has.Property("Id").EqualTo("Shop.daily-totals_2.0")
            .And.Property("Description").EqualTo("Mails totals")
            .And.Property("Timeout").EqualTo(TimeSpan.FromMinutes(5))
            .And.Property("MaxAttempts").EqualTo(3)
            .And.Property("RetryDelay").EqualTo(TimeSpan.FromSeconds(1.5))
            .And.Property("MaxConcurrent").EqualTo(2)
            .And.Property("Group").EqualTo("database")
            .And.Property("RerunWhenLost").True
            .And.Property("RunOn").EqualTo(RunOn.EveryNode)
            .And.Property("NodeLabel").EqualTo("region=eu"));
        Assert.That(script.Tags, Is.EqualTo(new[] { "mail", "daily" }));
        Assert.That(script.Schedules.Select(schedule => schedule.Cron), Is.EqualTo(new[] { "0 6 * * *", "@hourly" }));
    }

    [TestCase(typeof(Internal))]
    [TestCase(typeof(Closed))]
    [TestCase(typeof(Record))]
    public void Read_OfAnyConcreteClassTheAssemblyCanSee_IsAScript(Type type) => Assert.That(ReadOne(type).Type, Is.EqualTo(type));

    [TestCase(typeof(TestScript), Description = "abstract")]
    [TestCase(typeof(Generic<>))]
    [TestCase(typeof(Generic<>.Inner))]
    [TestCase(typeof(IDerived))]
    [TestCase(typeof(string))]
    [TestCase(typeof(Private))]
    [TestCase(typeof(Private.Inside))]
    [TestCase(typeof(LocalToItsFile))]
    public void Read_OfWhatCannotBeAScript_PassesItOver(Type type)
    {
        var read = ScriptReader.Read("Shop", [type]);

        Assert.That(read.Scripts, Is.Empty);
        Assert.That(read.Problems, Is.Empty);
    }

    [TestCase(typeof(MarkedAbstract), "is abstract or static, so it cannot be constructed. Derive a class that is not.")]
    [TestCase(typeof(MarkedStatic), "has the attribute [Script] or [Schedule], but does not implement IScript.")]
    [TestCase(typeof(MarkedGeneric<>), "is generic, so there is no saying for which types it is to run.")]
    [TestCase(typeof(MarkedPrivate), "is private, protected or local to its file. Make it public or internal.")]
    [TestCase(typeof(MarkedOther), "has the attribute [Script] or [Schedule], but does not implement IScript.")]
    [TestCase(typeof(Struct), "is a struct. A script has to be a class.")]
    public void Read_OfWhatWasMeantToBeAScript_SaysWhyItIsNone(Type type, string expected)
    {
        var problem = ProblemOf(type);

        Assert.That(problem.Message, Does.StartWith($"Class 'PluginHost.Tests.Scripts.ScriptReaderTests.{type.Name.Split('`')[0]}").And.Contains(expected));
        Assert.That(problem.Stage, Is.EqualTo(ProblemStage.Load));
    }

    [TestCase(typeof(NamedEmpty), "the name \"\" has to be made of A-Z")]
    [TestCase(typeof(NamedWithSpace), "the name \"Daily totals\" has to be made of")]
    [TestCase(typeof(Größe), "cannot lend its name to a script, because 'Größe' has other characters")]
    public void Read_OfAWrongName_SaysWhichCharactersAreRight(Type type, string expected) =>
        Assert.That(ProblemOf(type).Message, Does.Contain(expected));

    [Test]
    public void Read_OfTwoClassesWithOneId_NamesBoth_AndKeepsTheOthers()
    {
        var read = ScriptReader.Read("Shop", [typeof(Twin), typeof(Plain), typeof(OtherTwin)]);

        Assert.That(read.Scripts.Select(script => script.Type), Is.EqualTo(new[] { typeof(Plain) }));
        Assert.That(read.Problems.Single().Message, Is.EqualTo(
            "The classes 'PluginHost.Tests.Scripts.ScriptReaderTests.OtherTwin' and 'PluginHost.Tests.Scripts.ScriptReaderTests.Twin' are both script 'Shop.Twin'; ids are compared without case. Give one another name: [Script(Name = \"…\")]."));
    }

    [Test]
    public void Read_OfManyMistakes_ReportsAllAtOnce_WithTheirStage()
    {
        var read = ScriptReader.Read("Shop", [typeof(AllWrong), typeof(Plain)]);

        Assert.That(read.Scripts.Select(script => script.Type), Is.EqualTo(new[] { typeof(Plain) }));
        Assert.That(read.Problems.Select(problem => $"{problem.Stage}: {problem.Message}"), Is.EqualTo(new[]
        {
            "Load: Script 'Shop.AllWrong': MaxAttempts is 101. It has to be from 1 to 100; 1 means no retry.",
            "Load: Script 'Shop.AllWrong': Timeout is \"5 minutes\", which is no duration. Write a number with a unit (500ms, 30s, 5m, 2h, 1d) or hh:mm:ss.",
            "Load: Script 'Shop.AllWrong': RetryDelay is \"2h\". It has to be at least 0s and at most 1h.",
            "Schedule: Schedule \"0 6 * * *\" of script 'Shop.AllWrong': This machine knows no time zone 'Mars/Base'. Write an IANA or Windows id, for example \"Europe/Berlin\".",
            "Load: Script 'Shop.AllWrong': parameter 'Days' has no setter. Write { get; init; }.",
        }));
        Assert.That(read.Problems.Select(problem => problem.TypeName).Distinct(), Is.EqualTo(new[] { "PluginHost.Tests.Scripts.ScriptReaderTests.AllWrong" }));
    }

    [TestCase(typeof(ZeroTimeout), "Timeout is \"0s\". It has to be more than zero and at most 30d.")]
    [TestCase(typeof(NoAttempts), "MaxAttempts is 0.")]
    [TestCase(typeof(TooManyAtOnce), "MaxConcurrent is 10001. It has to be from 0 to 10000; 0 means as many as the host allows.")]
    [TestCase(typeof(WrongLabel), "NodeLabel is \"two words\". A label is 1 to 63 of")]
    [TestCase(typeof(Nowhere), "RunOn is 7, which is none of OneNode, EveryNode.")]
    [TestCase(typeof(EverywhereAfterAnother), "It runs on every node, and after another script, which is not supported")]
    public void Read_OfASettingOutOfBounds_SaysTheBounds(Type type, string expected) =>
        Assert.That(ProblemOf(type).Message, Does.Contain(expected));

    [Test]
    public void Read_OfAnAttributeThatThrows_ReportsIt_AndKeepsTheOthers()
    {
        var read = ScriptReader.Read("Shop", [typeof(EvilParameter), typeof(Plain)]);

        Assert.That(read.Scripts.Select(script => script.Type), Is.EqualTo(new[] { typeof(Plain) }));
        Assert.That(read.Problems.Single().Message, Is.EqualTo(
            "Script 'Shop.EvilParameter': parameter 'Days' has an attribute that cannot be read: NotSupportedException: evil"));
    }

    private static ScriptClass ReadOne(Type type)
    {
        var read = ScriptReader.Read("Shop", [type]);
        Assert.That(read.Problems, Is.Empty);
        return read.Scripts.Single();
    }

    private static ScriptProblem ProblemOf(Type type)
    {
        var read = ScriptReader.Read("Shop", [type]);
        Assert.That(read.Scripts, Is.Empty);
        return read.Problems.Single();
    }

    public sealed class Plain : TestScript;

    [Script(Name = "daily-totals_2.0", Description = "Mails totals", Tags = ["mail", " daily ", "", "MAIL"], Timeout = "5m", MaxAttempts = 3, RetryDelay = "1.5s", MaxConcurrent = 2, Group = " database ", RerunWhenLost = true, RunOn = RunOn.EveryNode, NodeLabel = "region=eu")]
    [Schedule("0 6 * * *")]
    [Schedule("@hourly")]
    public sealed class Full : TestScript;

    internal sealed class Internal : TestScript;

    public abstract class Generic<T> : TestScript
    {
        public sealed class Inner : TestScript;
    }

    public sealed class Closed : Generic<int>;

    public sealed record Record : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    public interface IDerived : IScript;

    private sealed class Private : TestScript
    {
        public sealed class Inside : TestScript;
    }

    [Script]
    public abstract class MarkedAbstract : TestScript;

    [Script]
    public static class MarkedStatic;

    [Schedule("@daily")]
    public class MarkedGeneric<T> : TestScript;

    [Script]
    private sealed class MarkedPrivate : TestScript;

    [Schedule("@daily")]
    public sealed class MarkedOther;

    public readonly struct Struct : IScript
    {
        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Script(Name = "")]
    public sealed class NamedEmpty : TestScript;

    [Script(Name = "Daily totals")]
    public sealed class NamedWithSpace : TestScript;

    public sealed class Größe : TestScript;

    public sealed class Twin : TestScript;

    [Script(Name = "TWIN")]
    public sealed class OtherTwin : TestScript;

    [Script(Timeout = "5 minutes", MaxAttempts = 101, RetryDelay = "2h")]
    [Schedule("0 6 * * *", TimeZone = "Mars/Base")]
    public sealed class AllWrong : TestScript
    {
        [Parameter]
        public int Days { get; }
    }

    [Script(Timeout = "0s")]
    public sealed class ZeroTimeout : TestScript;

    [Script(MaxAttempts = 0)]
    public sealed class NoAttempts : TestScript;

    [Script(NodeLabel = "two words")]
    public sealed class WrongLabel : TestScript;

    [Script(RunOn = (RunOn)7)]
    public sealed class Nowhere : TestScript;

    [Script(RunOn = RunOn.EveryNode), RunAfter("Shop.Plain")]
    public sealed class EverywhereAfterAnother : TestScript;

    [Script(MaxConcurrent = 10_001)]
    public sealed class TooManyAtOnce : TestScript;

    public sealed class EvilParameter : TestScript
    {
        [Parameter]
        [Evil]
        public int Days { get; init; }
    }

    [AttributeUsage(AttributeTargets.Property)]
    private sealed class EvilAttribute : ValidationAttribute
    {
        public EvilAttribute() => throw new NotSupportedException("evil");
    }
}

file sealed class LocalToItsFile : TestScript;
