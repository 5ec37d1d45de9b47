using PluginHost.Building;
using PluginHost.Hosting;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Building;

public sealed class BuildLogsTests
{
    private static readonly string Commit = new('c', 40);

    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;
    private BuildLogs _logs = null!;
    private string _folder = "";

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Path);
        _logs = new BuildLogs(_data);
        _folder = DataDirectory.BuildLogsOf(Path.Combine(_data.Builds, "default"));
        Directory.CreateDirectory(_folder);
    }

    [TearDown]
    public void TearDown()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void ALogThatIsStillBeingWritten_IsReadAsFarAsItIs()
    {
        using var writer = new StreamWriter(BuildLogs.FileIn(_folder, Commit, BuildLogKind.Text), append: false) { AutoFlush = true };
        writer.Write("so far");

        using var reader = new StreamReader(_logs.Open("default", Commit, BuildLogKind.Text)!);

        Assert.That(reader.ReadToEnd(), Is.EqualTo("so far"));
        Assert.That(_logs.Of("default", Commit), Is.EqualTo(new[] { new BuildLogInfo(BuildLogKind.Text, 6) }));
    }

    [Test]
    public void WhatIsNotThere_IsNone()
    {
        Assert.That(_logs.Of("default", Commit), Is.Empty);
        Assert.That(_logs.Open("default", Commit, BuildLogKind.Binary), Is.Null);
        Assert.That(_logs.Open("other", Commit, BuildLogKind.Binary), Is.Null);
    }
}
