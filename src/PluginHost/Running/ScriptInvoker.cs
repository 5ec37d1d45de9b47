using System.Text.Json.Nodes;
using PluginHost.History;
using PluginHost.Scripts;

namespace PluginHost.Running;

/// <summary>A script that is to be run in this process.</summary>
internal sealed record ScriptInvocation
{
    public required RunFacts Facts { get; init; }

    /// <summary>Finds its class. What it throws fails the run.</summary>
    public required Func<Task<ScriptClass>> FindAsync { get; init; }

    /// <summary>The parameters that were given, for this class.</summary>
    public required Func<ScriptClass, JsonObject?> Parameters { get; init; }

    public required ScriptServicesFactory Services { get; init; }

    public required IRunOutput Output { get; init; }

    /// <summary>What scripts keep from one run to the next.</summary>
    public required IScriptValues Values { get; init; }

    /// <summary>How large results and values may be.</summary>
    public required RunOptions Limits { get; init; }

    /// <summary>Asks the script to stop.</summary>
    public required CancellationToken CancellationToken { get; init; }
}

/// <summary>Runs a script in this process: everything that touches objects of the plugin.</summary>
internal sealed class ScriptInvoker(ConsoleCapture console, TimeProvider time)
{
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(10);

    /// <returns>Null, or why it failed, as text.</returns>
    public async Task<RunError?> InvokeAsync(ScriptInvocation call)
    {
        var output = call.Output;
        using var captured = console.CaptureInto(line => output.Write("OUT", line));
        var loggers = new RunLoggerFactory(output);
        await using var provider = call.Services.Create(call.Facts.ScriptId, loggers);
        IScript? script = null;
        try
        {
            var definition = await call.FindAsync();
            var parameters = definition.Parameters.Bind(call.Parameters(definition), out var errors)
                ?? throw new InvalidParametersException(call.Facts.ScriptId, errors);
            script = ScriptActivator.Create(definition.Type, provider);
            parameters.ApplyTo(script);
            var state = new RunStateStore(call.Facts.ScriptId, call.Values, call.Limits);
            var context = new RunContext(call.Facts, output, loggers.CreateLogger(""), provider, time, state, call.Limits.MaxResultBytes);
            await script.RunAsync(context, call.CancellationToken);
            return null;
        }
        catch (Exception failure)
        {
            // Only text leaves: a kept exception keeps the plugin in memory, by the methods in its stack trace.
            var error = RunErrors.Of(failure);
            if (!call.CancellationToken.IsCancellationRequested)
            {
                output.Write("ERR", error.StackTrace!);
            }

            return error;
        }
        finally
        {
            await DisposeAsync(script, output);
        }
    }

    private async Task DisposeAsync(IScript? script, IRunOutput output)
    {
        if (script is null)
        {
            return;
        }

        try
        {
            // On a thread of its own: a Dispose that blocks would block the waiting, too, and with it the limit.
            await Task.Run(() => ScriptActivator.DisposeAsync(script).AsTask()).WaitAsync(DisposeLimit, time);
        }
        catch (Exception failure)
        {
            output.Write("WRN", $"Disposing the script failed: {ExceptionText.Describe(failure)}");
        }
    }
}
