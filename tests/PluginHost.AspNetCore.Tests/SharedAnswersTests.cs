using Microsoft.Extensions.Time.Testing;
using PluginHost.AspNetCore.Pages;

namespace PluginHost.AspNetCore.Tests;

public sealed class SharedAnswersTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly SharedAnswers _pages;
    private long _revision;
    private int _made;

    public SharedAnswersTests() => _pages = new SharedAnswers(() => Volatile.Read(ref _revision), _time);

    [Test]
    public async Task AsLongAsNothingChanges_OneIsMade_ForWhoeverComes()
    {
        var go = new TaskCompletionSource();
        var first = _pages.GetAsync("a", () => MakeAsync(go.Task), CancellationToken.None);
        var meanwhile = _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None);
        go.SetResult();

        Assert.That(await Task.WhenAll(first, meanwhile, _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None)), Has.All.EqualTo(1));
    }

    [Test]
    public async Task AfterAChange_AnotherOneIsMade()
    {
        await _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None);
        _revision++;

        Assert.That(await _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None), Is.EqualTo(2));
    }

    [Test]
    public async Task AnOldOne_IsMadeAnew_ThoughNobodyTellsOfAChange()
    {
        await _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None);
        _time.Advance(SharedAnswers.Lifetime);

        Assert.That(await _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None), Is.EqualTo(2));
    }

    [Test]
    public async Task AChangeWhileOneIsMade_IsNotInIt_SoWhoeverComesThenGetsTheNext()
    {
        var go = new TaskCompletionSource();
        var before = _pages.GetAsync("a", () => MakeAsync(go.Task), CancellationToken.None);
        await UntilMadeAsync(1);
        _revision++;
        var after = _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None);
        go.SetResult();

        Assert.That(await Task.WhenAll(before, after), Is.EqualTo(new[] { 1, 2 }));
        Assert.That(await _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None), Is.EqualTo(2), "nothing has changed since");
    }

    [Test]
    public async Task WhoeverComesWhileOneIsMade_SharesTheNextOne_AndNoneIsOlderThanItsAsking()
    {
        var go = new TaskCompletionSource();
        var first = _pages.GetAsync("a", () => MakeAsync(go.Task), CancellationToken.None);
        await UntilMadeAsync(1);
        _revision++;
        var others = Enumerable.Range(0, 50).Select(_ => _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None)).ToList();
        Assert.That(_made, Is.EqualTo(1), "one after the other");
        go.SetResult();

        Assert.That(await first, Is.EqualTo(1));
        Assert.That(await Task.WhenAll(others), Has.All.EqualTo(2));
    }

    [Test]
    public async Task AnotherPage_WaitsForNobody()
    {
        var never = new TaskCompletionSource();
        var held = _pages.GetAsync("a", () => MakeAsync(never.Task), CancellationToken.None);
        await UntilMadeAsync(1);

        Assert.That(await _pages.GetAsync("b", () => MakeAsync(Task.CompletedTask), CancellationToken.None), Is.EqualTo(2));
        Assert.That(held.IsCompleted, Is.False);
        never.SetResult();
        await held;
    }

    [Test]
    public async Task OneThatFails_FailsForThoseWhoShareIt_AndNotForTheNext()
    {
        var go = new TaskCompletionSource();
        var failing = _pages.GetAsync<int>("a", async () => { Interlocked.Increment(ref _made); await go.Task; throw new ConflictException("no"); }, CancellationToken.None);
        await UntilMadeAsync(1);
        _revision++;
        var next = _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None);
        go.SetResult();

        await Assert.ThatAsync(() => failing, Throws.TypeOf<ConflictException>());
        Assert.That(await next, Is.EqualTo(2));
    }

    [Test]
    public async Task OneThatFailed_IsNotKept()
    {
        await Assert.ThatAsync(() => _pages.GetAsync<int>("a", () => throw new ConflictException("no"), CancellationToken.None), Throws.TypeOf<ConflictException>());

        Assert.That(await _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None), Is.EqualTo(1));
    }

    [Test]
    public async Task WhoGoesAway_StopsWaiting_AndTheOthersGetTheirPage()
    {
        using var gone = new CancellationTokenSource();
        var go = new TaskCompletionSource();
        var left = _pages.GetAsync("a", () => MakeAsync(go.Task), gone.Token);
        await UntilMadeAsync(1);
        _revision++;
        var stays = _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None);
        await gone.CancelAsync();

        await Assert.ThatAsync(() => left, Throws.InstanceOf<OperationCanceledException>());
        go.SetResult();
        Assert.That(await stays, Is.EqualTo(2));
    }

    [Test]
    public async Task Many_AtOnce_AllGetOne()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(() =>
        {
            Interlocked.Increment(ref _revision);
            return _pages.GetAsync($"{i % 3}", () => MakeAsync(Task.CompletedTask), CancellationToken.None);
        })));

        Assert.That(results, Has.Length.EqualTo(2000).And.All.InRange(1, 2000));
    }

    [Test]
    public async Task Addresses_ThatNobodyAsksForAnyMore_AreForgotten()
    {
        for (var i = 0; i < 1000; i++)
        {
            await _pages.GetAsync($"?script={i}", () => MakeAsync(Task.CompletedTask), CancellationToken.None);
            _revision++;
        }

        Assert.That(_pages.Count, Is.LessThan(100));
    }

    [Test]
    public async Task HoweverManyAddressesAreAskedForAtOnce_ABoundOfThemIsKept()
    {
        for (var i = 0; i < 1000; i++)
        {
            await _pages.GetAsync($"?script={i}", () => MakeAsync(Task.CompletedTask), CancellationToken.None);
        }

        Assert.That(_pages.Count, Is.EqualTo(SharedAnswers.Most));
    }

    [Test]
    public async Task WhenAllThatMayBeKeptAreBeingMade_OneMoreIsMadeAllTheSame()
    {
        var go = new TaskCompletionSource();
        var held = Enumerable.Range(0, SharedAnswers.Most).Select(i => _pages.GetAsync($"{i}", () => MakeAsync(go.Task), CancellationToken.None)).ToList();
        await UntilMadeAsync(SharedAnswers.Most);

        Assert.That(await _pages.GetAsync("more", () => MakeAsync(Task.CompletedTask), CancellationToken.None), Is.EqualTo(SharedAnswers.Most + 1));
        Assert.That(_pages.Count, Is.EqualTo(SharedAnswers.Most));
        go.SetResult();
        await Task.WhenAll(held);
    }

    [Test]
    public async Task WhatIsNoLongerTrue_IsForgotten_WhenAnythingIsAskedFor()
    {
        foreach (var key in new[] { "a", "b", "c" })
        {
            await _pages.GetAsync(key, () => MakeAsync(Task.CompletedTask), CancellationToken.None);
        }

        _time.Advance(SharedAnswers.Lifetime);
        await _pages.GetAsync("a", () => MakeAsync(Task.CompletedTask), CancellationToken.None);

        Assert.That(_pages.Count, Is.EqualTo(1));
    }

    private async Task<int> MakeAsync(Task until)
    {
        var number = Interlocked.Increment(ref _made);
        await until;
        return number;
    }

    private async Task UntilMadeAsync(int count)
    {
        while (Volatile.Read(ref _made) < count)
        {
            await Task.Yield();
        }
    }
}
