using System.Data.Common;

namespace PluginHost.AspNetCore.Tests;

/// <summary>The disk is full, or the database is gone.</summary>
public sealed class HistoryOutageTests
{
    [Test]
    public async Task WhatCannotBeStored_Is503_AndSaysWhyAndWhatToDo()
    {
        await using var web = await WebHost.StartAsync(new FakeHost { Failure = new OutOfSpace() });

        using var answer = await web.PostJsonAsync("api/v1/scripts/Reports.Daily/runs", "{}");

        Assert.That(await answer.ReadProblemAsync(503), Does.Contain("was not done: database or disk is full").And.Contain("ask again"));
    }

    private sealed class OutOfSpace() : DbException("database or disk is full.");
}
