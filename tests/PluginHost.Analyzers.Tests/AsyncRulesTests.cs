using PluginHost.Analyzers.CodeFixes;

namespace PluginHost.Analyzers.Tests;

public sealed class AsyncRulesTests
{
    [Test]
    public async Task AsyncVoid_IsFound_WhateverFunctionItIs()
    {
        var found = await Compiled.Script(
            "async void Local() => await Task.Yield(); Local(); Action lambda = async () => await Task.Yield(); lambda();",
            "private async void Method() => await Task.Yield();").FindingsAsync();

        Assert.That(found, Is.EqualTo(new[] { "PH0001: Method", "PH0001: Local", "PH0001: async () => await Task.Yield()" }));
    }

    [Test]
    public async Task ATask_ThatIsDiscarded_OrLeftInAnOrdinaryMethod_IsFound()
    {
        var found = await Compiled.Script(
            "cancellationToken.ThrowIfCancellationRequested(); _ = Later(); Begin(); await Later(); var kept = Later(); await kept; Func<Task> lambda = () => Later(); await lambda();",
            "private void Begin() { Later(); } private static async Task Later() => await Task.Yield();").FindingsAsync();

        Assert.That(found, Is.EqualTo(new[] { "PH0002: Later()", "PH0002: Later()" }));
    }

    [Test]
    public async Task WhereTheCompilerItselfSaysIt_NothingIsSaidTwice() =>
        Assert.That(await Compiled.Script("cancellationToken.ThrowIfCancellationRequested(); Later();", "private static async Task Later() => await Task.Yield();").FindingsAsync(), Is.Empty);

    [Test]
    public async Task AsyncVoid_IsFixed()
    {
        var fixedSource = await Compiled.Script("Later();", "private static async void Later() => await Task.Yield();").FixAsync(new AsyncVoidFix());

        Assert.That(fixedSource, Does.Contain("private static async Task Later() => await Task.Yield();"));
    }
}
