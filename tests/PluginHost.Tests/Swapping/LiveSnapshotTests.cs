using PluginHost.Scripts;
using PluginHost.Swapping;

namespace PluginHost.Tests.Swapping;

public sealed class LiveSnapshotTests
{
    [Test]
    public void TheScriptsThatDiffer_AreThoseOfPluginsThatAreNotTheSame()
    {
        var (stays, before, after) = (Plugin("Stays"), Plugin("Replaced", "Old", "Both"), Plugin("Replaced", "New", "Both"));
        var (goes, comes) = (Plugin("Goes"), Plugin("Comes"));

        var differing = new LiveSnapshot([stays, after, comes]).ScriptsThatDiffer(new LiveSnapshot([stays, before, goes]));

        Assert.That(differing.Distinct(), Is.EquivalentTo(new[] { "Replaced.Old", "Replaced.New", "Replaced.Both", "Goes.Work", "Comes.Work" }));
    }

    private static LivePlugin Plugin(string id, params string[] scripts) => new(
        "default",
        Make.DrainingVersions().Track(
            Make.Artifact(new string('0', 64)) with { PluginId = id },
            [.. scripts.DefaultIfEmpty("Work").Select(name => new ScriptDescriptor { Id = $"{id}.{name}", PluginId = id, Name = name, ParameterSchema = new System.Text.Json.Nodes.JsonObject() })],
            () => throw new InvalidOperationException()),
        default);
}
