using PluginHost.Artifacts;
using PluginHost.Loading;

namespace PluginHost.Tests.Loading;

public sealed class PinningCallsTests
{
    [TestCase("AppDomain.ProcessExit")]
    [TestCase("AppDomain.UnhandledException")]
    [TestCase("Console.CancelKeyPress")]
    [TestCase("TaskScheduler.UnobservedTaskException")]
    [TestCase("AssemblyLoadContext.Resolving")]
    [TestCase("PosixSignalRegistration.Create")]
    [TestCase("GCHandle.Alloc")]
    [TestCase("TypeDescriptor.AddAttributes")]
    public void ACallThatKeepsAVersion_IsWarnedOf(string call)
    {
        // Of the probes, which dispose of other things than these: what is vague is told by the end-to-end test.
        var warnings = PinningCalls.Find(Probes());

        Assert.That(warnings.Select(warning => (warning.Severity, warning.Code, warning.Message)), Has.Some.Matches<(DiagnosticSeverity Severity, string Code, string Message)>(
            warning => warning.Severity == DiagnosticSeverity.Warning && warning.Code == "PH0101" && warning.Message.StartsWith($"A uses {call}, which keeps each of its versions in memory", StringComparison.Ordinal)));
    }

    [Test]
    public void ACallThatIsTakenBack_IsNotWarnedOf()
    {
        // This assembly subscribes, and unsubscribes.
        AppDomain.CurrentDomain.ProcessExit += Ignore;
        AppDomain.CurrentDomain.ProcessExit -= Ignore;
        var own = Make.Artifact(new string('0', 64)) with { AssemblyFile = Path.GetFileName(typeof(PinningCallsTests).Assembly.Location), Directory = AppContext.BaseDirectory };

        Assert.That(PinningCalls.Find(own).Select(warning => warning.Message), Has.None.Contains("ProcessExit"));
    }

    [Test]
    public void AFileThatIsNoAssembly_HasNoWarnings() =>
        Assert.That(PinningCalls.Find(Make.Artifact(new string('0', 64)) with { AssemblyFile = "missing.dll", Directory = AppContext.BaseDirectory }), Is.Empty);

    private static PluginArtifact Probes() =>
        Make.Artifact(new string('0', 64)) with { AssemblyFile = Path.GetFileName(ProbesTestBase.Assembly), Directory = Path.GetDirectoryName(ProbesTestBase.Assembly)! };

    private static void Ignore(object? sender, EventArgs arguments)
    {
    }
}
