using PluginHost.App.Output;

namespace PluginHost.App.Tests;

/// <summary>How values are written for people.</summary>
public sealed class TextTests
{
    [TestCase("a/B.cs", 3, 7, "CS0103", "a/B.cs(3,7): error CS0103: No.")]
    [TestCase("a/B.cs", 3, null, null, "a/B.cs(3): error PLUGINHOST: No.")]
    [TestCase("a/B.csproj", null, null, "NU1101", "a/B.csproj: error NU1101: No.")]
    [TestCase(null, null, null, null, "pluginhost: error PLUGINHOST: No.")]
    public void ADiagnostic_IsWrittenAsCompilersDo(string? file, int? line, int? column, string? code, string expected)
    {
        Assert.That(DiagnosticText.Of(new Diagnostic(DiagnosticSeverity.Error, code, "No.", file, line, column)).Text, Is.EqualTo(expected));
    }

    [TestCase(999L, "999 ms")]
    [TestCase(1500L, "1.5 s")]
    [TestCase(61_000L, "1 min 1 s")]
    [TestCase(3_660_000L, "1 h 1 min")]
    [TestCase(90_000_000L, "1 d 1 h")]
    public void ADuration_HasTheUnitsOfItsSize(long milliseconds, string expected)
    {
        Assert.That(Show.Duration(milliseconds), Is.EqualTo(expected));
    }

    [TestCase(1, "1 KiB")]
    [TestCase(39_194, "39 KiB")]
    [TestCase(1_048_576, "1 MiB")]
    [TestCase(171_966_464, "164 MiB")]
    public void Bytes_AreNeverNone_WhereThereAreSome(long bytes, string expected) => Assert.That(Show.Bytes(bytes), Is.EqualTo(expected));

    [Test]
    public void ControlCharacters_AreTakenOut_AndLinesStay()
    {
        Assert.That(Printable.Of("a\tb\nc\u001b[31md\re\u0007\u009b"), Is.EqualTo("a\tb\nc\uFFFD[31md\uFFFDe\uFFFD\uFFFD"));
    }
}
