namespace PluginHost.Analyzers.Tests;

public sealed class PinningRulesTests
{
    [TestCase("private static int _count;", "PH0005: _count")]
    [TestCase("public static int Count { get; set; }", "PH0005: Count")]
    [TestCase("private static readonly Timer Tick = new(_ => { });", "PH0008: Tick")]
    [TestCase("private static Thread? _worker;", "PH0008: _worker")]
    public async Task StaticState_IsFound(string member, string expected) =>
        Assert.That(await Compiled.Script("", member).FindingsAsync(), Is.EqualTo(new[] { expected }));

    [TestCase("private const int Most = 3;")]
    [TestCase("private static readonly string[] Names = [\"a\"];")]
    [TestCase("public static int Count => 3; private int _own; public int Own { get => _own++; }")]
    [TestCase("private enum Kind { A, B }")]
    public async Task WhatDoesNotChange_OrIsTheRunsOwn_IsFine(string member) =>
        Assert.That(await Compiled.Script("", member).FindingsAsync(), Is.Empty);

    [TestCase("AppDomain.CurrentDomain.ProcessExit += (_, _) => { };")]
    [TestCase("AppDomain.CurrentDomain.UnhandledException += (_, _) => { };")]
    [TestCase("Console.CancelKeyPress += (_, _) => { };")]
    [TestCase("TaskScheduler.UnobservedTaskException += (_, _) => { };")]
    [TestCase("System.Runtime.Loader.AssemblyLoadContext.Default.Resolving += (_, _) => null;")]
    public async Task AHandlerOfTheProcess_IsFound(string body) =>
        Assert.That((await Compiled.Script(body).FindingsAsync()).Single(), Does.StartWith("PH0006: "));

    [Test]
    public async Task AHandler_ThatIsTakenOffAgain_OrOfThePluginsOwn_IsFine() => Assert.That(
        await Compiled.Script(
            "AppDomain.CurrentDomain.ProcessExit += Exit; try { } finally { AppDomain.CurrentDomain.ProcessExit -= Exit; } Own += Exit; Own?.Invoke(null, EventArgs.Empty);",
            "private event EventHandler? Own; private void Exit(object? sender, EventArgs e) { }").FindingsAsync(),
        Is.Empty);

    [TestCase("System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGHUP, _ => { });")]
    [TestCase("_ = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGHUP, _ => { });")]
    [TestCase("var handle = System.Runtime.InteropServices.GCHandle.Alloc(this); context.SetResult(handle.IsAllocated);")]
    [TestCase("AppDomain.CurrentDomain.SetData(\"key\", this);")]
    [TestCase("ThreadPool.RegisterWaitForSingleObject(new ManualResetEvent(false), (_, _) => { }, null, 1000, false);")]
    public async Task ARegistration_IsFound(string body) =>
        Assert.That((await Compiled.Script(body).FindingsAsync()).Single(), Does.StartWith("PH0007: "));

    [TestCase("using var signal = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGHUP, _ => { });")]
    [TestCase("var handle = System.Runtime.InteropServices.GCHandle.Alloc(this); handle.Free();")]
    [TestCase("var wait = ThreadPool.RegisterWaitForSingleObject(new ManualResetEvent(false), (_, _) => { }, null, 1000, false); wait.Unregister(null);")]
    public async Task ARegistration_ThatIsEnded_IsFine(string body) =>
        Assert.That(await Compiled.Script(body).FindingsAsync(), Is.Empty);
}
