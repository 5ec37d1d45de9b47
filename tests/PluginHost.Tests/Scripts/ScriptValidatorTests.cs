using Microsoft.Extensions.Options;
using PluginHost.Scripts;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace PluginHost.Tests.Scripts;

public sealed class ScriptValidatorTests
{
    [Test]
    public async Task Validate_OfARightScript_AddsItsDefaults_AndDisposesIt()
    {
        Right.Disposed = 0;

        var read = await ValidateAsync(typeof(Right));

        Assert.That(read.Problems, Is.Empty);
        Assert.That(read.Scripts.Single().Descriptor.ParameterSchema["properties"]!["Days"]!["default"]!.GetValue<int>(), Is.EqualTo(7));
        Assert.That(read.Scripts.Single().Parameters.Schema, Is.SameAs(read.Scripts.Single().Descriptor.ParameterSchema));
        Assert.That(Right.Disposed, Is.EqualTo(1));
    }

    [Test]
    public async Task Validate_OfManyMistakes_ReportsThemAll_WithThoseOfReading()
    {
        var read = await ValidateAsync(typeof(WrongTimeout), typeof(NeedsAService), typeof(Throwing), typeof(StaticThrows), typeof(EvilDefault), typeof(Right));

        Assert.That(read.Problems.Select(problem => problem.Message), Is.EqualTo(new[]
        {
            "Script 'Shop.WrongTimeout': Timeout is \"x\", which is no duration. Write a number with a unit (500ms, 30s, 5m, 2h, 1d) or hh:mm:ss.",
            "Script 'Shop.NeedsAService' cannot be constructed. Its constructor asks for 'IOrders orders'. The host does not share that with scripts. Where it may, its operator adds this line: builder.Services.AddPluginHost().Share<IOrders>();",
            "Script 'Shop.Throwing' cannot be constructed: NotSupportedException: evil",
            "Script 'Shop.StaticThrows' cannot be constructed: InvalidOperationException: static evil",
            "Script 'Shop.EvilDefault': parameter 'Days' has an initial value that cannot be read: FormatException: evil",
        }));
        Assert.That(read.Problems.Select(problem => problem.Stage), Is.All.EqualTo(ProblemStage.Load));
    }

    [Test]
    public async Task Validate_OfAScheduledScriptThatNeedsAValue_RefusesTheSchedule()
    {
        var read = await ValidateAsync(typeof(Scheduled));

        Assert.That(read.Problems.Select(problem => $"{problem.Stage}: {problem.Message}"), Is.EqualTo(new[]
        {
            "Schedule: Script 'Shop.Scheduled' has a schedule, but a run by schedule has no value for its parameter 'Customer': it is declared as required. Give it a valid initial value, or remove the schedule.",
            "Schedule: Script 'Shop.Scheduled' has a schedule, but a run by schedule has no value for its parameter 'Days': its initial value is not allowed (The field Days must be between 1 and 10). Give it a valid initial value, or remove the schedule.",
        }));
    }

    [Test]
    public async Task Validate_OfAScriptThatFailsToDispose_LetsItPass() =>
        Assert.That((await ValidateAsync(typeof(FailsToDispose))).Problems, Is.Empty);

    private static async Task<ScriptReadResult> ValidateAsync(params Type[] types)
    {
        await using var app = new FakeScriptServices();
        return new ScriptValidator(new IsolationPolicy(Options.Create(new PluginHostOptions()))).Validate(ScriptReader.Read("Shop", types), app.Factory.ForVersion());
    }

    public interface IOrders;

    public sealed class Right : TestScript, IAsyncDisposable
    {
        public static int Disposed { get; set; }

        [Parameter]
        public int Days { get; init; } = 7;

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            Disposed++;
        }
    }

    [Script(Timeout = "x")]
    public sealed class WrongTimeout : TestScript;

    public sealed class NeedsAService(IOrders orders) : TestScript
    {
        public override string ToString() => $"{orders}";
    }

    public sealed class Throwing : TestScript
    {
        public Throwing() => throw new NotSupportedException("evil");
    }

    public sealed class StaticThrows : TestScript
    {
        private static readonly int Evil = Fail();

        public static int Value => Evil;

        private static int Fail() => throw new InvalidOperationException("static evil");

        public StaticThrows() => _ = Evil;
    }

    public sealed class EvilDefault : TestScript
    {
        [Parameter]
        public int Days { get => field == 0 ? throw new FormatException("evil") : field; init; }
    }

    [Schedule("@daily")]
    public sealed class Scheduled : TestScript
    {
        [Parameter]
        public required string Customer { get; init; }

        [Parameter, Range(1, 10)]
        public int Days { get; init; }

        [Parameter]
        public string? Note { get; init; }
    }

    public sealed class FailsToDispose : TestScript, IDisposable
    {
        public void Dispose() => throw new InvalidOperationException("nothing to dispose yet");
    }
}
