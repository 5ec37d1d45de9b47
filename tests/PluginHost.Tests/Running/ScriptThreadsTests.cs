using PluginHost.Running;

namespace PluginHost.Tests.Running;

/// <summary>Threads for scripts: whatever those before it do, none waits for a thread.</summary>
public sealed class ScriptThreadsTests
{
    private readonly ScriptThreads _threads = new();

    [Test]
    public async Task HoweverManyBlock_TheNextBegins()
    {
        using var all = new CountdownEvent(100);
        using var go = new ManualResetEventSlim();
        var blocked = Enumerable.Range(0, 100).Select(_ => _threads.RunAsync(() =>
        {
            all.Signal();
            return Task.FromResult(go.Wait(RunningHost.HangLimit));
        })).ToList();

        Assert.That(all.Wait(RunningHost.HangLimit), "all have begun, though none has ended");
        Assert.That(await _threads.RunAsync(() => Task.FromResult(true)).WaitAsync(RunningHost.HangLimit));
        go.Set();
        Assert.That(await Task.WhenAll(blocked), Has.All.True);
    }

    [Test]
    public async Task ShortWorkByTheThousand_IsAllDone_OnFewThreads()
    {
        var threads = new HashSet<int>();

        await Task.WhenAll(Enumerable.Range(0, 5000).Select(_ => _threads.RunAsync(() =>
        {
            lock (threads)
            {
                return Task.FromResult(threads.Add(Environment.CurrentManagedThreadId));
            }
        })));

        Assert.That(threads, Has.Count.LessThan(500));
    }

    [Test]
    public async Task WhatIsAwaited_ComesBackToThreadsForScripts()
    {
        Assert.That(await _threads.RunAsync(async () =>
        {
            var isOne = IsOne();
            await Task.Delay(1);
            return isOne && IsOne();
        }));

        static bool IsOne() => Thread.CurrentThread is { IsThreadPoolThread: false, Name: "PluginHost script" };
    }

    [Test]
    public async Task AScriptThatWaitsForWorkThatItHasQueued_DoesNotWaitForItself()
    {
        Assert.That(await _threads.RunAsync(() => Task.FromResult(_threads.RunAsync(() => Task.FromResult(42)).Wait(RunningHost.HangLimit))));
    }
}
