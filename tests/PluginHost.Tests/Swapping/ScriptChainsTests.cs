using System.Text.Json.Nodes;
using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Tests.Swapping;

/// <summary>Which scripts run after which, across plugins.</summary>
public sealed class ScriptChainsTests
{
    private int _versions;

    [Test]
    public void ARing_IsNamed_AcrossPlugins()
    {
        var staying = new[] { Version("B", ("B.Load", ["A.Fetch"])), Version("C", ("C.Mail", ["b.load", "C.Other"])) };

        var problem = ScriptChains.FindRing(Version("A", ("A.Fetch", ["C.Mail"])), staying);

        Assert.That(problem!.Stage, Is.EqualTo(ProblemStage.Schedule));
        Assert.That(problem.Message, Does.StartWith("These scripts run after each other in a ring, which would never stop: 'A.Fetch' after 'C.Mail' after 'B.Load' after 'A.Fetch'."));
    }

    [Test]
    public void AScriptAfterItself_IsARing() =>
        Assert.That(ScriptChains.FindRing(Version("A", ("A.Fetch", ["a.FETCH"])), [])!.Message, Does.Contain("'A.Fetch' after 'A.Fetch'."));

    [Test]
    public void WhatMeetsAgain_IsNoRing() => Assert.That(
        ScriptChains.FindRing(Version("A", ("A.Last", ["A.One", "A.Two"]), ("A.One", ["A.First"]), ("A.Two", ["A.First"]), ("A.First", ["A.Gone"])), []),
        Is.Null);

    [Test]
    public void NamesThatNoScriptHas_AreTold()
    {
        var version = Version("A", ("A.Last", ["A.First", "B.Gone"]), ("A.First", []));

        Assert.That(
            ScriptChains.FindUnknown(version, new LiveSnapshot([new LivePlugin("default", version, default)])),
            Is.EqualTo(new[] { ("A.Last", "B.Gone") }));
    }

    private PluginVersion Version(string plugin, params (string Id, string[] After)[] scripts) => new(
        Make.Artifact($"{++_versions:x64}") with { PluginId = plugin },
        [
            .. scripts.Select(script => new ScriptDescriptor
            {
                Id = script.Id, PluginId = plugin, Name = script.Id[2..], ParameterSchema = new JsonObject(),
                RunAfter = [.. script.After.Select(after => new RunAfterInfo(after, RunAfterOutcome.Success))],
            }),
        ],
        load: null,
        (_, _) => { });
}
