using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using PluginHost.Hosting;
using PluginHost.Retention;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Retention;

public sealed class LogRetentionTests
{
    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _data = Make.DataDirectory(_directory.Path);
    }

    [TearDown]
    public void TearDown()
    {
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public void OldRunLogs_GoWithTheirEmptyFolder_AndNewOnesStay()
    {
        var old = Write(Path.Combine(_data.Logs, "2020-01-01", "a.log"), age: 40);
        var fresh = Write(Path.Combine(_data.Logs, "2020-02-01", "b.log"), age: 1);

        Sweep(new RetentionOptions { RunLogs = { Age = TimeSpan.FromDays(30) } });

        Assert.That(File.Exists(fresh));
        Assert.That(Directory.Exists(Path.GetDirectoryName(old)), Is.False);
    }

    [Test]
    public void TheFilesOfOneBuild_GoTogether_AndEachSourceIsCountedForItself()
    {
        foreach (var source in new[] { "one", "two" })
        {
            foreach (var (commit, age) in new[] { ("aaa", 3), ("bbb", 2), ("ccc", 1) })
            {
                foreach (var extension in new[] { "log", "binlog", "ProjectImports.zip" })
                {
                    Write(Path.Combine(DataDirectory.BuildLogsOf(Path.Combine(_data.Builds, source)), $"{commit}.{extension}"), age);
                }
            }
        }

        Sweep(new RetentionOptions { BuildLogs = { Count = 2, Age = null, Bytes = null } });

        Assert.That(
            Directory.EnumerateFiles(_data.Builds, "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file).Split('.')[0]).Distinct(),
            Is.EquivalentTo(new[] { "bbb", "ccc" }));
        Assert.That(Directory.EnumerateFiles(_data.Builds, "*", SearchOption.AllDirectories).Count(), Is.EqualTo(12));
    }

    private void Sweep(RetentionOptions retention)
    {
        using var sweeper = new LogRetention(
            _data, Options.Create(new PluginHostOptions { Retention = retention }), TimeProvider.System, NullLogger<LogRetention>.Instance);
        sweeper.Sweep();
    }

    private static string Write(string file, int age)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, "text");
        File.SetLastWriteTimeUtc(file, TimeProvider.System.GetUtcNow().UtcDateTime.AddDays(-age));
        return file;
    }
}
