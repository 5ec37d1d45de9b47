using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using PluginHost.Loading;

namespace PluginHost.App.Inspection;

/// <summary>What a host starts to be looked into: a command that is not for people, and is not shown to them.</summary>
internal static class InspectCommand
{
    // The process that is looked into stands still, and cannot end this one when it takes too long.
    private static readonly TimeSpan LastResort = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var process = new Argument<int>("process");
        var plugin = new Argument<string>("plugin");
        var version = new Argument<string>("version");
        var seconds = new Argument<int>("seconds");
        var command = new Command(LeakInspector.Command, "Looks into a host for what holds a version in memory.") { process, plugin, version, seconds };
        command.Hidden = true;
        command.SetAction(result => Run(
            result.GetRequiredValue(process), result.GetRequiredValue(plugin), result.GetRequiredValue(version), TimeSpan.FromSeconds(result.GetRequiredValue(seconds))));
        return command;
    }

    private static int Run(int process, string plugin, string version, TimeSpan limit)
    {
        // Begins when it is told to: first the host has to permit it.
        if (Console.In.ReadLine() is null)
        {
            return ExitCode.Failed;
        }

        using var stop = new CancellationTokenSource(limit);
        using var end = new Timer(_ => Process.GetCurrentProcess().Kill(), null, limit + LastResort, Timeout.InfiniteTimeSpan);
        try
        {
            var explanation = HeapInspector.Inspect(process, plugin, version, TimeProvider.System, stop.Token);
            Console.Out.WriteLine(JsonSerializer.Serialize(explanation, LeakInspector.LeakJson.Default.LeakExplanation));
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine($"the search took longer than {limit} (PluginHost:Unload:InspectTimeout)");
            return ExitCode.Failed;
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine($"{failure.GetType().Name}: {failure.Message} On Linux this needs the right to trace processes of the same user: in a container the capability SYS_PTRACE, elsewhere kernel.yama.ptrace_scope of at most 1. On macOS it is not possible.");
            return ExitCode.Failed;
        }
    }
}
