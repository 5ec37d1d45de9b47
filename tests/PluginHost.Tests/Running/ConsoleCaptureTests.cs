using Microsoft.Extensions.Options;
using PluginHost.Running;

namespace PluginHost.Tests.Running;

/// <summary>The console belongs to the process, so these tests have it to themselves.</summary>
[NonParallelizable]
public sealed class ConsoleCaptureTests : RunTestBase
{
    private protected override void Configure(PluginHostOptions options) => options.Runs.CaptureConsole = true;

    [Test]
    public async Task WhatAScriptWrites_IsInItsLog_LineByLine()
    {
        var log = await LogOfAsync(async () =>
        {
            Console.WriteLine("one");
            Console.Write("tw");
            Console.Write('o');
            await Console.Out.WriteLineAsync();
            Console.WriteLine("{0} {1}", 3, "three");
            Console.Write("four\nmore of four\n");
            Console.WriteLine();
        });

        Assert.That(log, Is.EqualTo(new[] { "OUT one", "OUT two", "OUT 3 three", "OUT four", "    more of four", "OUT " }));
    }

    [Test]
    public async Task ALineThatIsWrittenInSeveralMethods_IsOneLine()
    {
        var log = await LogOfAsync(async () =>
        {
            await WriteAsync("a");
            await Task.Run(() => WriteAsync("b"));
            Console.WriteLine("c");
        });

        Assert.That(log, Is.EqualTo(new[] { "OUT abc" }));

        static async Task WriteAsync(string text)
        {
            await Task.Yield();
            Console.Write(text);
        }
    }

    [Test]
    public async Task ALineThatIsNotEnded_IsLoggedWhenTheScriptEnds()
    {
        var log = await LogOfAsync(() =>
        {
            Console.Write("50 %");
            Console.Error.Write("no paper");
            return Task.FromException(new InvalidOperationException());
        });

        Assert.That(log, Does.Contain("OUT 50 %").And.Contain("OUT no paper"));
    }

    [Test]
    public async Task ALineThatNeverEnds_IsLoggedInParts()
    {
        var log = await LogOfAsync(() =>
        {
            for (var i = 0; i < 40_000; i++)
            {
                Console.Write('.');
            }

            return Task.CompletedTask;
        });

        Assert.That(log, Has.Count.EqualTo(3));
        Assert.That(log.Sum(line => line.Length - "OUT ".Length), Is.EqualTo(40_000));
    }

    [Test]
    public async Task RunsAtTheSameTime_DoNotMix()
    {
        Host.Deploy(typeof(Plain));
        var turns = Enumerable.Range(0, 5).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var started = 0;
        Stage.Script = async (_, _) =>
        {
            var me = Interlocked.Increment(ref started) - 1;
            for (var turn = me; turn < 4; turn += 2)
            {
                await turns[turn].Task;
                Console.Write($"{turn}");
                turns[turn + 1].SetResult();
            }
        };

        var runs = new[] { await Host.StartAsync("Plain"), await Host.StartAsync("Plain") };
        turns[0].SetResult();

        var logs = new List<string>();
        foreach (var run in runs)
        {
            await Host.EndOfAsync(run);
            logs.Add((await Host.LogOfAsync(run)).Single());
        }

        Assert.That(logs, Is.EquivalentTo(new[] { "OUT 02", "OUT 13" }));
    }

    [Test]
    public void WhatTheHostWrites_PassesThrough()
    {
        var (before, console) = (Console.Out, new StringWriter());
        Console.SetOut(console);
        try
        {
            using var capture = new ConsoleCapture(Options.Create(new PluginHostOptions()));
            Console.Write("host ");
            Console.WriteLine(7);
        }
        finally
        {
            Console.SetOut(before);
        }

        Assert.That(console.ToString().TrimEnd(), Is.EqualTo("host 7"));
    }

    private async Task<IReadOnlyList<string>> LogOfAsync(Func<Task> script)
    {
        Host.Deploy(typeof(Plain));
        Stage.Script = (_, _) => script();
        var run = await Host.EndOfAsync(await Host.StartAsync("Plain"));
        return await Host.LogOfAsync(run);
    }
}
