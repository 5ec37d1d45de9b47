using System.Globalization;

namespace PluginHost.Tests.Running;

/// <summary>Scripts that change what is the same for the whole process.</summary>
[NonParallelizable]
public sealed class ProcessGlobalsTests : RunTestBase
{
    private const string Variable = "PLUGINHOST_TEST_GLOBAL";

    // More than may look by themselves.
    private const int VeryMany = 100;

    private protected override void Configure(PluginHostOptions options) => options.Runs.WatchProcess = true;

    private static readonly Dictionary<string, (Action Change, Func<object?> Read)> Changes = new()
    {
        ["the working directory"] = (() => Environment.CurrentDirectory = Path.GetTempPath(), () => Environment.CurrentDirectory),
        ["CultureInfo.DefaultThreadCurrentCulture"] = (() => CultureInfo.DefaultThreadCurrentCulture = new CultureInfo("de-DE"), () => CultureInfo.DefaultThreadCurrentCulture),
        ["CultureInfo.DefaultThreadCurrentUICulture"] = (() => CultureInfo.DefaultThreadCurrentUICulture = new CultureInfo("de-DE"), () => CultureInfo.DefaultThreadCurrentUICulture),
        ["Console.Out"] = (() => Console.SetOut(TextWriter.Null), () => Console.Out),
        ["Console.Error"] = (() => Console.SetError(TextWriter.Null), () => Console.Error),
        ["the least number of threads of the thread pool"] = (() => ThreadPool.SetMinThreads(77, 7), () => { ThreadPool.GetMinThreads(out var workers, out var ports); return (workers, ports); }),
        [$"the environment variable {Variable}"] = (() => Environment.SetEnvironmentVariable(Variable, "secret"), () => Environment.GetEnvironmentVariable(Variable)),
    };

    private static IEnumerable<string> Names => Changes.Keys;

    [TestCaseSource(nameof(Names))]
    public async Task WhatARunChanges_IsToldAndPutBack(string name)
    {
        var (change, read) = Changes[name];
        var before = read();
        Stage.Script = (_, _) => { change(); return Task.CompletedTask; };
        Host.Deploy(typeof(Plain));

        var run = await Host.EndOfAsync(await Host.StartAsync("Plain"));

        Assert.That(read(), Is.EqualTo(before));
        Assert.That(await Host.LogOfAsync(run), Is.EqualTo(new[] { $"WRN While this run was under way, {name} changed, which is the same for everything in the process. It was put back." }));
        Assert.That(Host.Problems.All, Is.Empty);
    }

    [Test]
    public async Task WhatChangesWhileOthersRun_IsTold_AndStays()
    {
        Host.Deploy(typeof(Plain), typeof(Other));
        var other = await Host.StartAsync("Other");
        var otherScript = await Stage.NextAsync();
        try
        {
            var run = await Host.StartAsync("Plain");
            var script = await Stage.NextAsync();
            Environment.SetEnvironmentVariable(Variable, "secret");
            script.End();
            run = await Host.EndOfAsync(run);

            Assert.That(Environment.GetEnvironmentVariable(Variable), Is.EqualTo("secret"));
            Assert.That(await Host.LogOfAsync(run), Has.Some.EndsWith("Other runs were under way as well, so it stays as it is."));
            Assert.That(Host.Problems.All, Has.Some.StartsWith($"A script, perhaps 'Shop.Plain', changed the environment variable {Variable} of this process"));
            Assert.That(Host.Problems.All, Has.None.Contains("secret"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
            otherScript.End();
            await Host.EndOfAsync(other);
        }
    }

    [Test]
    public async Task WhatEachOfSeveralRunsInOneMomentChanges_IsToldAndPutBackEachTime()
    {
        Stage.Script = (_, _) => { Environment.SetEnvironmentVariable(Variable, "secret"); return Task.CompletedTask; };
        Host.Deploy(typeof(Plain));

        for (var i = 0; i < 3; i++)
        {
            Assert.That(await Host.LogOfAsync(await Host.EndOfAsync(await Host.StartAsync("Plain"))), Has.One.EndsWith("It was put back."));
            Assert.That(Environment.GetEnvironmentVariable(Variable), Is.Null);
        }
    }

    [Test]
    public async Task WhatOneOfVeryManyInOneMomentChanges_IsTold()
    {
        var runs = 0;
        Stage.Script = (_, _) =>
        {
            if (++runs == VeryMany)
            {
                Environment.SetEnvironmentVariable(Variable, "secret");
            }

            return Task.CompletedTask;
        };
        Host.Deploy(typeof(Plain));
        try
        {
            await RunVeryManyAsync();

            Time.Advance(TimeSpan.FromMilliseconds(10));

            Assert.That(Host.Problems.All, Has.Some.StartsWith($"A script, perhaps 'Shop.Plain', changed the environment variable {Variable} of this process"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(Variable, null);
        }
    }

    [Test]
    public async Task WhatARunAfterVeryManyChanges_IsToldAndPutBack_AndIsNoProblemMeanwhile()
    {
        Stage.Script = (_, _) => Task.CompletedTask;
        Host.Deploy(typeof(Plain));
        await RunVeryManyAsync();

        Stage.Script = (_, _) =>
        {
            Environment.SetEnvironmentVariable(Variable, "secret");
            Time.Advance(TimeSpan.FromMilliseconds(10));
            return Task.CompletedTask;
        };
        var run = await Host.EndOfAsync(await Host.StartAsync("Plain"));

        Assert.That(Environment.GetEnvironmentVariable(Variable), Is.Null);
        Assert.That(await Host.LogOfAsync(run), Has.One.EndsWith("It was put back."));
        Assert.That(Host.Problems.All, Is.Empty);
    }

    [Test]
    public async Task ARunThatChangesNothing_HasNothingToTell()
    {
        Stage.Script = (_, _) => Task.CompletedTask;
        Host.Deploy(typeof(Plain));

        Assert.That(await Host.LogOfAsync(await Host.EndOfAsync(await Host.StartAsync("Plain"))), Is.Empty);
    }

    private async Task RunVeryManyAsync()
    {
        for (var i = 0; i < VeryMany; i++)
        {
            await Host.EndOfAsync(await Host.StartAsync("Plain"));
        }
    }
}
