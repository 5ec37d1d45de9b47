using Microsoft.Extensions.Options;
using PluginHost.Artifacts;
using PluginHost.Loading;
using PluginHost.Scripts;
using PluginHost.TestInfra;

namespace PluginHost.Tests.Loading;

public sealed class StoredScriptsTests
{
    private TestDirectory _directory = null!;
    private PluginArtifact _artifact = null!;

    [SetUp]
    public void SetUp()
    {
        _directory = new TestDirectory();
        _artifact = Make.Artifact(new string('0', 64)) with { PluginId = "Shop", Directory = Directory.CreateDirectory(_directory.Combine("files")).FullName };
    }

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public void WhatWasFound_IsReadAsItWas()
    {
        var found = ScriptReader.Read("Shop", [typeof(Sweep)]).Scripts.Single().Descriptor;
        Stored().Write(_artifact, [found]);

        var read = Stored().Read(_artifact)!.Single();

        Assert.Multiple(() =>
        {
            Assert.That((read.Id, read.PluginId, read.Name, read.Description, read.Timeout, read.MaxAttempts, read.RetryDelay),
                Is.EqualTo((found.Id, found.PluginId, found.Name, found.Description, found.Timeout, found.MaxAttempts, found.RetryDelay)));
            Assert.That((read.MaxConcurrent, read.Group, read.RerunWhenLost, read.Isolation, read.RunOn, read.NodeLabel), Is.EqualTo((2, "database", true, ScriptIsolation.Process, RunOn.EveryNode, "gpu")));
            Assert.That(read.Tags, Is.EqualTo(found.Tags));
            Assert.That(read.Schedules, Is.EqualTo(found.Schedules), "cron, zone, policies and the share of the jitter");
            Assert.That(read.ParameterSchema.ToJsonString(), Is.EqualTo(found.ParameterSchema.ToJsonString()));
        });
    }

    [Test]
    public void WhatAnotherHostFound_OrNobody_IsLookedForAnew()
    {
        Assert.That(Stored().Read(_artifact), Is.Null);

        Stored().Write(_artifact, []);
        var file = _directory.Combine("scripts.json");
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"FoundBy\":\"", "\"FoundBy\":\"other", StringComparison.Ordinal));

        Assert.That(Stored().Read(_artifact), Is.Null);
    }

    [Test]
    public void WhatWasFoundUnderAnotherRuleOfIsolation_IsLookedForAnew()
    {
        Stored().Write(_artifact, []);

        Assert.That(Stored(isolation => isolation.Process.Add("Shop")).Read(_artifact), Is.Null);
        Assert.That(Stored(isolation => isolation.Default = ScriptIsolation.Process).Read(_artifact), Is.Null);
        Assert.That(Stored().Read(_artifact), Is.Not.Null);
    }

    [TestCase("")]
    [TestCase("{\"FoundBy\":")]
    [TestCase("null")]
    public void AFileThatIsDamaged_IsNotBelieved(string content)
    {
        File.WriteAllText(_directory.Combine("scripts.json"), content);

        Assert.That(Stored().Read(_artifact), Is.Null);
    }

    private static StoredScripts Stored(Action<IsolationOptions>? isolate = null)
    {
        var options = new PluginHostOptions();
        isolate?.Invoke(options.Isolation);
        return new StoredScripts(new SharedAssemblies(Options.Create(options), new SharedServices([])), new IsolationPolicy(Options.Create(options)));
    }

    [Script(Name = "sweep", Description = "Sweeps", Tags = ["a", "b"], Timeout = "5m", MaxAttempts = 3, RetryDelay = "7s", MaxConcurrent = 2, Group = "database", RerunWhenLost = true, Isolation = ScriptIsolation.Process, RunOn = RunOn.EveryNode, NodeLabel = "gpu")]
    [Schedule("H 3 * * *", TimeZone = "Europe/Berlin", Overlap = OverlapPolicy.Queue, Jitter = "10m")]
    [Schedule("*/5 * * * * *", CatchUp = CatchUpPolicy.All, CatchUpWindow = "2h", From = "2026-01-01", Until = "2026-12-31T18:00")]
    internal sealed class Sweep : IScript
    {
        [Parameter(Description = "How many days")]
        public int Days { get; init; } = 1;

        public Task RunAsync(ScriptContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
