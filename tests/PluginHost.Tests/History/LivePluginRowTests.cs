using PluginHost.History;

namespace PluginHost.Tests.History;

public sealed class LivePluginRowTests
{
    [TestCase("1", "", Description = "the first")]
    [TestCase("1 2 3", "2 1", Description = "one after the other")]
    [TestCase("1 2 3 2", "1", Description = "back: what came after is taken back")]
    [TestCase("1 2 3 2 1", "", Description = "back again")]
    [TestCase("1 2 3 2 4", "2 1", Description = "back and on")]
    [TestCase("1 2 2", "1", Description = "the same once more")]
    [TestCase("1 2 1 2", "1", Description = "to and fro")]
    public void WhatWasLiveBefore_IsWhatCameBeforeIt(string versions, string before)
    {
        LivePluginRow? row = null;
        foreach (var version in versions.Split(' '))
        {
            row = new LivePluginRow("A", "default", version, "", default).After(row);
        }

        Assert.That(string.Join(' ', row!.Before), Is.EqualTo(before));
    }

    [Test]
    public void OnlyTheLatest_AreRemembered()
    {
        LivePluginRow? row = null;
        for (var i = 0; i < 50; i++)
        {
            row = new LivePluginRow("A", "default", $"{i}", "", default).After(row);
        }

        Assert.That(row!.Before, Has.Count.EqualTo(20));
        Assert.That(row.Before[0], Is.EqualTo("48"));
    }
}
