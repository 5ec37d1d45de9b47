using System.Text.Json.Nodes;
using PluginHost.History;

namespace PluginHost.Tests.History;

public sealed class DeploymentStoreTests(DatabaseKind kind) : OnEachDatabase(kind)
{

    [Test]
    public async Task WhatWasUnderWayWhenTheHostDied_HasFailed_AndWhatHadEndedStaysAsItWas()
    {
        var store = new DeploymentStore(Database);
        await store.SaveAsync(Deployment("1", "default", DeploymentState.Succeeded), CancellationToken.None);
        await store.SaveAsync(Deployment("2", "default", DeploymentState.Running), CancellationToken.None);

        await store.EndInterruptedAsync("The host died.", CancellationToken.None);

        Assert.That((store.Find("2")!.State, store.Find("2")!.Error), Is.EqualTo((DeploymentState.Failed, "The host died.")));
        Assert.That((store.Find("1")!.State, store.Find("1")!.Error), Is.EqualTo((DeploymentState.Succeeded, (string?)null)));
    }

    [Test]
    public async Task TheNewestOfASource_IsNotThatOfAnother()
    {
        var store = new DeploymentStore(Database);
        await store.SaveAsync(Deployment("1", "one", DeploymentState.Succeeded), CancellationToken.None);
        await store.SaveAsync(Deployment("2", "two", DeploymentState.Succeeded), CancellationToken.None);

        Assert.That(store.FindNewest("ONE")?.Id, Is.EqualTo("1"), "names of sources are compared without case");
        Assert.That(store.FindNewest("three"), Is.Null);
    }

    [Test]
    public async Task AReceiptFromBeforeThereWereWarnings_HasNone()
    {
        var store = new DeploymentStore(Database);
        await store.SaveAsync(Deployment("1", "one", DeploymentState.Succeeded) with { Plugins = [new PluginOutcome("A", PluginOutcomeKind.Built, "1-2", "new")] }, CancellationToken.None);
        var document = JsonNode.Parse(Database.Read(history => history.Query("SELECT document FROM deployments", reader => reader.GetString(0))).Single())!;
        var outcome = document["plugins"]![0]!.AsObject();
        Assert.That((outcome.Remove("warnings"), outcome.Remove("schedules")), Is.EqualTo((true, true)));
        await Database.WriteAsync(history => history.Run("UPDATE deployments SET document = @document", ("@document", document.ToJsonString())), CancellationToken.None);

        var plugin = store.Find("1")!.Plugins.Single();

        Assert.That((plugin.Warnings.Count, plugin.Schedules.Count), Is.EqualTo((0, 0)));
    }

    private static DeploymentInfo Deployment(string id, string source, DeploymentState state) => new()
    {
        Id = id, Source = source, Commit = new string('c', 40), Author = "Ada", Message = "", Trigger = DeploymentTrigger.Poll, State = state, SeenAt = default, Stages = [],
    };
}
