using PluginHost.Hosting;

namespace PluginHost.Tests.Hosting;

public sealed class IdPagesTests
{
    private readonly List<string> _all = ["b", "a_", "C", "a", "aa"];

    [Test]
    public void PageAfterPage_HasEverythingOnce_ByIdWithoutCase()
    {
        var pages = new List<List<string>>();
        string? after = null;
        do
        {
            (var page, after) = Take(2, after);
            pages.Add(page);
        }
        while (after is not null);

        Assert.That(pages, Is.EqualTo(new List<List<string>> { new() { "a", "aa" }, new() { "a_", "b" }, new() { "C" } }));
    }

    [Test]
    public void WhatIsGone_IsNoLongerACursorThatHidesOthers()
    {
        var (_, next) = Take(2, null);
        _all.Remove(next!);

        Assert.That(Take(2, next).Items, Is.EqualTo(new[] { "a_", "b" }));
    }

    [TestCase(5)]
    [TestCase(6)]
    [TestCase(int.MaxValue)]
    public void ThePageThatHoldsTheLast_HasNoNext(int limit) => Assert.That(Take(limit, null), Has.Property("Next").Null.And.Property("Items").Count.EqualTo(5));

    [Test]
    public void ALimitBelowOne_IsOne() => Assert.That(Take(0, null).Items, Is.EqualTo(new[] { "a" }));

    private Paged Take(int limit, string? after) => IdPages.Take(_all, id => id, limit, after) is var (items, next) ? new Paged(items, next) : throw new InvalidOperationException();

    private sealed record Paged(List<string> Items, string? Next);
}
