using Microsoft.Extensions.Options;
using PluginHost.Building;
using PluginHost.Hosting;
using PluginHost.Processes;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Building;

/// <summary>A command stands in for <c>dotnet</c> here, which tells how it was called.</summary>
[Platform("Linux")]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class BuildStandbyTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly List<string> _lines = [];
    private TestDirectory _directory = null!;
    private DataDirectory _data = null!;
    private BuildStandby _standby = null!;

    [SetUp]
    public void SetUp()
    {
        _lines.Clear();
        _directory = new TestDirectory();
        var command = _directory.Combine("dotnet");
        File.WriteAllText(command, """
            #!/bin/sh
            echo $$ >> "$0.started"
            [ "$3" = "@/dev/stdin" ] && echo "waited for $(tr '\n' ' ')" || echo "started for $*"
            exit 7
            """);
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _data = Make.DataDirectory(_directory.Combine("data"));
        var options = Options.Create(new PluginHostOptions { Build = { DotnetPath = command } });
        var (processes, environment) = (new ChildProcess(TimeProvider.System), new BuildEnvironment(options, _data, new BuildTemporary(_data)));
        _standby = new BuildStandby(new BuildCommand(new DotnetSdk(processes, environment, new ContractPackage(_data), options), environment, _data, options), processes);
    }

    [TearDown]
    public void TearDown()
    {
        _standby.Dispose();
        _data.Dispose();
        _directory.Dispose();
    }

    [Test]
    public async Task TheFirstBuild_IsStartedWhenItComes()
    {
        await BuildAsync("sdk 1");

        Assert.That(_lines, Is.EqualTo(new[] { "started for build --verbosity q a.proj -m" }));
    }

    [Test]
    public async Task APreparedBuild_IsToldWhatToBuild_AndAnswersWithItsExitCode()
    {
        _standby.Prepare(_directory.Path, "sdk 1");

        Assert.That((await BuildAsync("sdk 1")).Code, Is.EqualTo(7));
        Assert.That(_lines, Is.EqualTo(new[] { "waited for q a.proj -m " }));
    }

    [Test]
    public async Task APreparedBuild_ServesOnce()
    {
        _standby.Prepare(_directory.Path, "sdk 1");
        await BuildAsync("sdk 1");
        await BuildAsync("sdk 1");

        Assert.That(_lines, Is.EqualTo(new[] { "waited for q a.proj -m ", "started for build --verbosity q a.proj -m" }));
    }

    [Test]
    public async Task ABuildWithAnotherSdk_DoesNotGetThePreparedOne()
    {
        _standby.Prepare(_directory.Path, "sdk 1");

        await BuildAsync("sdk 2");

        Assert.That(_lines, Is.EqualTo(new[] { "started for build --verbosity q a.proj -m" }));
    }

    [Test]
    public async Task APreparedBuildThatDied_IsNotUsed()
    {
        _standby.Prepare(_directory.Path, "sdk 1");
        var waiting = (await StartedAsync(1)).Single();
        System.Diagnostics.Process.GetProcessById(waiting).Kill();
        await UntilAsync(() => HasEnded(waiting));

        await BuildAsync("sdk 1");

        Assert.That(_lines, Is.EqualTo(new[] { "started for build --verbosity q a.proj -m" }));
    }

    [Test]
    public async Task WhatCannotBePrepared_IsStartedWhenItComes()
    {
        _standby.Prepare(_directory.Path, "sdk 1");
        Assert.That(() => _standby.Prepare(_directory.Combine("missing"), "sdk 1"), Throws.InstanceOf<Exception>());

        await BuildAsync("sdk 1");

        Assert.That(_lines, Is.EqualTo(new[] { "started for build --verbosity q a.proj -m" }));
    }

    [Test]
    public async Task PreparingTwice_StartsOne_AndPreparingAnother_EndsTheFirst()
    {
        _standby.Prepare(_directory.Path, "sdk 1");
        _standby.Prepare(_directory.Path, "sdk 1");
        await StartedAsync(1);
        _standby.Prepare(_directory.Path, "sdk 2");

        var started = await StartedAsync(2);
        await UntilAsync(() => HasEnded(started[0]));
        Assert.That(HasEnded(started[1]), Is.False);
    }

    private Task<ChildExit> BuildAsync(string sdk) => _standby.RunAsync(_directory.Path, sdk, ["a.proj", "-m"], _lines.Add, Long, default);

    private async Task<IReadOnlyList<int>> StartedAsync(int count)
    {
        var file = _directory.Combine("dotnet.started");
        await UntilAsync(() => File.Exists(file) && File.ReadAllText(file).Count(c => c == '\n') == count);
        return [.. File.ReadLines(file).Select(line => int.Parse(line, null))];
    }

    // A child that has ended is there until this process has taken note of it.
    private static bool HasEnded(int process) => !Directory.Exists($"/proc/{process}");

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var tries = 0; tries < 400 && !holds(); tries++)
        {
            await Task.Delay(25);
        }

        Assert.That(holds(), Is.True);
    }
}
