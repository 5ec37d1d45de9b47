using Microsoft.CodeAnalysis;

namespace PluginHost.Analyzers.Tests;

/// <summary>What a host rejects anyway is an error of the compiler.</summary>
public sealed class RejectedScriptsTests
{
    [TestCase("26 * * *", "has 4 fields")]
    [TestCase("61 * * * *", "cannot be read")]
    [TestCase("0 0 30 2 *", "never comes")]
    [TestCase("@every 5m", "*/5 * * * *")]
    [TestCase("", "is empty")]
    public async Task ACronExpression_ThatCannotBeRead_IsFound_InTheHostsWords(string cron, string expected)
    {
        var finding = (await Compiled.Script("", attributes: $"[Schedule(\"{cron}\")]").DiagnosticsAsync()).Single();

        Assert.That((finding.Id, finding.Severity), Is.EqualTo(("PH0009", DiagnosticSeverity.Error)));
        Assert.That(finding.GetMessage(System.Globalization.CultureInfo.InvariantCulture), Does.Contain(expected));
        Assert.That(finding.Location.GetLineSpan().StartLinePosition.Character, Is.EqualTo("[Schedule(".Length));
    }

    [TestCase("[Schedule(\"0 6 * * MON-FRI\", TimeZone = \"Europe/Berlin\")]")]
    [TestCase("[Schedule(\"H H * * *\"), Schedule(\"@daily\"), Schedule(\"0 0 6 L * *\", TimeZone = \"UTC\")]")]
    public async Task WhatAHostReads_IsFine(string attributes) =>
        Assert.That(await Compiled.Script("", attributes: attributes).FindingsAsync(), Is.Empty);

    [Test]
    public async Task ATimeZone_ThatIsNotKnown_IsFound() => Assert.That(
        await Compiled.Script("", attributes: "[Schedule(\"0 6 * * *\", TimeZone = \"Europe/Berlinn\")]").FindingsAsync(),
        Is.EqualTo(new[] { "PH0010: TimeZone = \"Europe/Berlinn\"" }));

    [TestCase("public int Days { get; }", "has no setter")]
    [TestCase("public int Days { get; private set; }", "is not public")]
    [TestCase("internal int Days { get; set; }", "is not public")]
    [TestCase("public static int Days { get => 0; set { } }", "is static")]
    [TestCase("public object? Days { get; init; }", "JsonNode")]
    [TestCase("public Action? Days { get; init; }", "no value can be given")]
    [TestCase("public Stream? Days { get; init; }", "no value can be given")]
    [TestCase("public CancellationToken Days { get; init; }", "no value can be given")]
    [TestCase("public List<Type>? Days { get; init; }", "contains the type Type")]
    [TestCase("public Dictionary<int, string>? Days { get; init; }", "keys of a dictionary")]
    [TestCase("public IDisposable? Days { get; init; }", "no value can be given")]
    public async Task AParameter_ThatCannotBeGiven_IsFound(string property, string expected)
    {
        var finding = (await Compiled.Script("", $"[Parameter] {property}").DiagnosticsAsync()).Single();

        Assert.That(finding.Id, Is.EqualTo("PH0011"));
        Assert.That(finding.GetMessage(System.Globalization.CultureInfo.InvariantCulture), Does.StartWith("Parameter 'Days' ").And.Contain(expected));
    }

    [TestCase("int")]
    [TestCase("string?")]
    [TestCase("DateOnly?")]
    [TestCase("TimeSpan[]")]
    [TestCase("Int128")]
    [TestCase("Uri?")]
    [TestCase("byte[]")]
    [TestCase("DayOfWeek")]
    [TestCase("IReadOnlyList<Guid>")]
    [TestCase("HashSet<string>")]
    [TestCase("Dictionary<string, List<decimal>>")]
    [TestCase("System.Text.Json.Nodes.JsonNode?")]
    [TestCase("System.Text.Json.Nodes.JsonObject?")]
    [TestCase("System.Text.Json.JsonElement")]
    [TestCase("Own?")]
    public async Task AParameter_ThatCanBeGiven_IsFine(string type) => Assert.That(
        await Compiled.Script("", $"public sealed record Own(int A, List<string> B); [Parameter] public {type} Value {{ get; init; }} = default!;").FindingsAsync(), Is.Empty);

    [Test]
    public async Task TwoScriptsOfOneName_AreBothFound()
    {
        var found = await Compiled.From("""
            public class A : IScript { public virtual Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask; }
            [Script(Name = "a")] public sealed class B : A;
            [Script(Name = "c")] public sealed class C : A;
            public abstract class D : A;
            """).FindingsAsync();

        Assert.That(found, Is.EqualTo(new[] { "PH0012: A", "PH0012: B" }));
    }

    [Test]
    public async Task AScript_ThatRunsAfterItself_IsFound()
    {
        Assert.That(await Compiled.Script("", attributes: "[RunAfter(\"reports.work\")]").FindingsAsync(), Is.EqualTo(new[] { "PH0013: RunAfter(\"reports.work\")" }));
        Assert.That(await Compiled.Script("", attributes: "[RunAfter(\"Reports.Other\")]").FindingsAsync(), Is.Empty);
    }

    [TestCase("[Script] public sealed class Work;", "does not implement IScript")]
    [TestCase("[Schedule(\"@daily\")] public abstract class Work : IScript { public abstract Task RunAsync(ScriptContext context, CancellationToken cancellationToken); }", "cannot construct")]
    [TestCase("[Script] public sealed class Work<T> : IScript { public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask; }", "cannot construct")]
    public async Task AScriptAttribute_OnWhatIsNoScript_IsFound(string source, string expected)
    {
        var finding = (await Compiled.From(source).DiagnosticsAsync()).Single();

        Assert.That(finding.Id, Is.EqualTo("PH0014"));
        Assert.That(finding.GetMessage(System.Globalization.CultureInfo.InvariantCulture), Does.Contain(expected));
    }
}
