using System.Reflection;
using PluginHost.App.Inspection;

namespace PluginHost.App.Tests;

public sealed class RootCausesTests
{
    [TestCase("A System.Timers.Timer that runs", "System.Object[]", "System.Threading.TimerQueue", "System.Timers.Timer", "Shop.Job")]
    [TestCase("A timer or a Task.Delay that goes on", "System.Object[]", "System.Threading.TimerQueue", "System.Threading.TimerQueueTimer", "Shop.Job")]
    [TestCase("A cache of System.Text.Json", "System.Object[]", "System.Text.Json.JsonSerializerOptions", "System.RuntimeType", "System.Reflection.LoaderAllocator")]
    [TestCase("A registration on a cancellation token that outlives the run", "System.Threading.CancellationTokenSource", "System.Action", "Shop.Job")]
    [TestCase("An EventListener that was not disposed", "System.Object[]", "Shop.Listener : System.Diagnostics.Tracing.EventListener")]
    [TestCase("A field of Shop.CancellationTokenSources", "System.Object[]", "Shop.CancellationTokenSources")]
    public void Chain_MeansACause(string cause, params string[] chain)
    {
        var root = RootCauses.Explain(LeakRootKind.StaticField, null, chain);

        // What the plugin itself is called means nothing.
        Assert.That(root.Cause, cause.StartsWith("A field of", StringComparison.Ordinal) ? Does.StartWith("A static field of the framework, the host or a shared library") : Is.EqualTo(cause));
        Assert.That(root.Advice, Is.Not.Empty);
    }

    [Test]
    public void AThread_IsNamedByItsMethod() =>
        Assert.That(RootCauses.Explain(LeakRootKind.Stack, "Shop.Job.Loop", []).Cause, Is.EqualTo("A thread is at work in Shop.Job.Loop"));

    [Test]
    public void TheRecordOfTheEngine_HasTheNamesThatTheInspectorReads()
    {
        var record = typeof(IPluginHost).Assembly.GetType("PluginHost.Loading.UnloadedVersion", throwOnError: true)!;

        Assert.That(record.GetField("_id", BindingFlags.NonPublic | BindingFlags.Instance)?.FieldType, Is.EqualTo(typeof(string)));
        Assert.That(record.GetField("_context", BindingFlags.NonPublic | BindingFlags.Instance)?.FieldType, Is.EqualTo(typeof(WeakReference)));
    }
}
