using System.ComponentModel.DataAnnotations;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace PluginHost.Tests.Isolation;

/// <summary>Where something is, in a parameter that has parameters.</summary>
public sealed record Place([property: Required] string City, int? Number = null);

/// <summary>Says everything that a script can say.</summary>
[Script(Isolation = ScriptIsolation.Process)]
public sealed class Speaking(ILogger<Speaking> log, IConfiguration configuration, HttpClient http, TimeProvider time) : IScript
{
    [Parameter, Range(1, 10)]
    public int Count { get; init; } = 1;

    [Parameter]
    public Place[] Places { get; init; } = [];

    [Parameter(Secret = true)]
    public string Password { get; init; } = "";

    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        log.LogDebug("debug {Count}", Count);
        log.LogWarning("warning {Password}", Password);
        context.Logger.LogError(new InvalidOperationException("inner"), "error");
        Console.WriteLine("to the console");
        Console.Error.Write("and its error");
        context.ReportProgress(0.25, $"a quarter of {Password}");
        context.SetResult(new
        {
            process = Environment.ProcessId, Count, Places, Password, setting = configuration["greeting"], nested = configuration["a:b"],
            hasServices = http is not null && time == TimeProvider.System && context.Services.GetService(typeof(IConfiguration)) is not null,
            context.RunId, context.ScriptId, context.Commit, context.Trigger, context.ScheduledFor, context.Attempt, context.PluginDirectory,
            secretOfTheHost = Environment.GetEnvironmentVariable("PLUGINHOST_TEST_SECRET"), directory = Environment.CurrentDirectory,
        });
        return Task.CompletedTask;
    }
}

/// <summary>Keeps values.</summary>
[Script(Isolation = ScriptIsolation.Process)]
public sealed class Keeping : IScript
{
    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var count = await context.State.UpdateAsync<int>("count", count => count + 1, cancellationToken);
        var version = await context.State.SetAsync("place", new Place("Paris", count), cancellationToken);
        var stale = await context.State.TrySetAsync("place", new Place("Rome", 1), version - 1, cancellationToken);
        var current = await context.State.TrySetAsync("place", new Place("Oslo", 2), version, cancellationToken);
        await context.State.SetAsync("gone", 1, cancellationToken);
        var tooMany = await FailureAsync(() => context.State.SetAsync("one more", 1, cancellationToken));
        context.SetResult(new
        {
            count, stale, current, tooMany,
            place = await context.State.GetAsync<Place>("place", cancellationToken),
            removed = await context.State.RemoveAsync("gone", cancellationToken),
            removedAgain = await context.State.RemoveAsync("gone", cancellationToken),
            keys = await context.State.GetKeysAsync(cancellationToken),
            tooLarge = await FailureAsync(() => context.State.SetAsync("large", new string('x', 100_000), cancellationToken)),
            wrongKey = await FailureAsync(() => context.State.SetAsync("", 1, cancellationToken)),
            wrongType = await FailureAsync(() => context.State.GetAsync<int>("place", cancellationToken)),
        });
    }

    private static async Task<string> FailureAsync(Func<Task> what)
    {
        try
        {
            await what();
            return "none";
        }
        catch (Exception failure)
        {
            return $"{failure.GetType().Name}: {failure.Message}";
        }
    }
}

/// <summary>Does what its parameter says, and that it is about to.</summary>
[Script(Isolation = ScriptIsolation.Process)]
public sealed class Acting : IScript
{
    [Parameter]
    public string What { get; init; } = "";

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        context.SetResult(Environment.ProcessId);
        context.ReportProgress(0.5, What);
        switch (What)
        {
            case "wait":
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            case "spin":
                while (true)
                {
                }

            case "overflow":
                context.SetResult(Overflow(1));
                break;
            case "exit":
                Environment.Exit(7);
                break;
            case "kill":
                Process.GetCurrentProcess().Kill();
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                break;
            case "throw":
                throw new InvalidOperationException("Thrown on purpose.");
            case "throw elsewhere":
                new Thread(() => throw new InvalidOperationException("On a thread of its own.")).Start();
                await Task.Delay(Timeout.Infinite, CancellationToken.None);
                break;
            case "trace":
                context.SetResult(Activity.Current?.Id);
                break;
            case "large result":
                context.SetResult(new string('x', 2 << 20));
                break;
            case "raw output":
                await using (var raw = Console.OpenStandardOutput())
                {
                    await raw.WriteAsync(new byte[10_000], cancellationToken);
                }

                break;
            case "leave a process":
                using (var left = Process.Start("sleep", "1000"))
                {
                    context.SetResult(left.Id);
                }

                break;
            case "fill":
                var filled = new List<byte[]>();
                while (true)
                {
                    filled.Add(new byte[1 << 20]);
                }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.NoOptimization)]
    private static int Overflow(int depth) => Overflow(depth + 1) + 1;
}

/// <summary>Has a time limit, and does not stop at it.</summary>
[Script(Isolation = ScriptIsolation.Process, Timeout = "7m")]
public sealed class Spinning : IScript
{
    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        context.ReportProgress(0.5);
        while (true)
        {
        }
    }
}

/// <summary>Runs in the host, beside them.</summary>
public sealed class InHost : IScript
{
    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        context.SetResult(Environment.ProcessId);
        return Task.CompletedTask;
    }
}

/// <summary>Asks for what a worker has not.</summary>
[Script(Isolation = ScriptIsolation.Process)]
public sealed class Asking(Running.Stage stage) : IScript
{
    public Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        context.SetResult(stage.ToString());
        return Task.CompletedTask;
    }
}
