using PluginHost.Analyzers.CodeFixes;

namespace PluginHost.Analyzers.Tests;

public sealed class TokenRulesTests
{
    [TestCase("await Task.Delay(1000);", "await Task.Delay(1000, cancellationToken);")]
    [TestCase("await Task.Delay(1000).ConfigureAwait(false);", "await Task.Delay(1000, cancellationToken).ConfigureAwait(false);")]
    [TestCase("await context.State.GetAsync<int>(\"count\");", "await context.State.GetAsync<int>(\"count\", cancellationToken: cancellationToken);")]
    [TestCase("using var http = new HttpClient(); await http.GetStringAsync(\"http://x/\");", "await http.GetStringAsync(\"http://x/\", cancellationToken);")]
    [TestCase("Func<CancellationToken, Task> f = async stop => await Task.Delay(1); await f(cancellationToken);", "Task.Delay(1, stop)")]
    public async Task ACall_ThatCouldBeGivenTheToken_IsFoundAndFixed(string body, string expected)
    {
        var compiled = Compiled.Script(body);

        Assert.That((await compiled.FindingsAsync()).Single(), Does.StartWith("PH0003: "));
        Assert.That(await compiled.FixAsync(new PassTokenFix()), Does.Contain(expected));
    }

    [TestCase("await Task.Delay(1000, cancellationToken);")]
    [TestCase("cancellationToken.ThrowIfCancellationRequested(); await Own();")]
    [TestCase("context.SetResult(1);")]
    [TestCase("for (var i = 0; i < 3; i++) context.SetResult(i);")]
    public async Task ARun_ThatCanBeCancelled_OrIsOverAtOnce_IsFine(string body) =>
        Assert.That(await Compiled.Script(body, "private static Task Own() => Task.CompletedTask;").FindingsAsync(), Is.Empty);

    [TestCase("await Own();")]
    [TestCase("await Task.Delay(1000, CancellationToken.None);")]
    [TestCase("while (true) { context.SetResult(1); }")]
    [TestCase("for (;;) { context.SetResult(1); }")]
    public async Task ARun_ThatNeverLooksAtItsToken_IsFound(string body) =>
        Assert.That(await Compiled.Script(body, "private static Task Own() => Task.CompletedTask;").FindingsAsync(), Is.EqualTo(new[] { "PH0004: cancellationToken" }));

    [Test]
    public async Task AMethod_WithoutAToken_HasNoneToPass() =>
        Assert.That(await Compiled.From("internal static class Helper { public static async Task Wait() => await Task.Delay(1); }").FindingsAsync(), Is.Empty);
}
