using System.Diagnostics;
using System.Runtime;
using System.Text.Json.Nodes;
using PluginHost.History;
using PluginHost.Scripts;
using PluginHost.Telemetry;

namespace PluginHost.Running;

/// <summary>A script that is to be run in this process.</summary>
internal sealed record ScriptInvocation
{
    public required RunFacts Facts { get; init; }

    /// <summary>What the script starts and calls belongs under: the span of its run or, in a worker, what stands for that; null when nobody listens.</summary>
    public Activity? Span { get; init; }

    /// <summary>Finds its class. What it throws fails the run.</summary>
    public required Func<Task<ScriptClass>> FindAsync { get; init; }

    /// <summary>The parameters that were given, for this class.</summary>
    public required Func<ScriptClass, JsonObject?> Parameters { get; init; }

    /// <summary>The services of its version, of which it gets a scope. What it throws fails the run.</summary>
    public required Func<Task<VersionServices>> Services { get; init; }

    public required IRunOutput Output { get; init; }

    /// <summary>What scripts keep from one run to the next.</summary>
    public required IScriptValues Values { get; init; }

    /// <summary>How large results and values may be.</summary>
    public required RunOptions Limits { get; init; }

    /// <summary>Asks the script to stop.</summary>
    public required CancellationToken CancellationToken { get; init; }

    /// <summary>Aborts its thread up to its first await; none when that may not be.</summary>
    public CancellationToken Abort { get; init; }
}

/// <summary>Runs a script in this process: everything that touches objects of the plugin.</summary>
internal sealed class ScriptInvoker(ConsoleCapture console, TimeProvider time)
{
    private static readonly TimeSpan DisposeLimit = TimeSpan.FromSeconds(10);

    /// <returns>Null, or why it failed, as text.</returns>
    public async Task<RunError?> InvokeAsync(ScriptInvocation call)
    {
        var output = call.Output;
        RunSpans.Enter(call.Span, call.Facts.TraceParent, call.Facts.TraceState);
        using var captured = console.CaptureInto(output.Write);
        var loggers = new RunLoggerFactory(output);
        ScriptServices? provider = null;
        IScript? script = null;
        try
        {
            provider = (await call.Services()).CreateScope(call.Facts.ScriptId, loggers);
            var definition = await call.FindAsync();
            var parameters = definition.Parameters.Bind(call.Parameters(definition), out var errors)
                ?? throw new InvalidParametersException(call.Facts.ScriptId, errors);
            script = definition.Create(provider);
            parameters.ApplyTo(script);
            var state = new RunStateStore(call.Facts.ScriptId, call.Values, call.Limits);
            var context = new RunContext(call.Facts, output, loggers.CreateLogger(""), provider, time, state, call.Limits.MaxResultBytes);
            await RunAsync(script, context, call);
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
            await DisposeAsync(script, "the script", output);
            await (provider is { OwnsNothing: true } ? provider.DisposeAsync().AsTask() : DisposeAsync(provider, "the services that it got", output));
        }
    }

    private static Task RunAsync(IScript script, RunContext context, ScriptInvocation call)
    {
        if (!call.Abort.CanBeCanceled)
        {
            return script.RunAsync(context, call.CancellationToken);
        }

        // On a thread that runs nothing but scripts: what is aborted at any point may leave locks held and fields half set.
        var running = Task.CompletedTask;
#pragma warning disable SYSLIB0046 // not for ordinary use, and this is none: by an operator's choice, when all else has failed
        ControlledExecution.Run(() => running = script.RunAsync(context, call.CancellationToken), call.Abort);
#pragma warning restore SYSLIB0046
        return running;
    }

    private async Task DisposeAsync(object? used, string what, IRunOutput output)
    {
        if (used is not (IDisposable or IAsyncDisposable))
        {
            return;
        }

        try
        {
            // On a thread of its own: a Dispose that blocks would block the waiting, too, and with it the limit. Most services
            // have made nothing that has one.
            var disposing = used is ScriptServices { OwnsNothing: true } services
                ? services.DisposeAsync().AsTask()
                : Task.Run(() => ScriptActivator.DisposeAsync(used).AsTask());
            await disposing.WaitAsync(DisposeLimit, time);
        }
        catch (Exception failure)
        {
            output.Write("WRN", $"Disposing {what} failed: {ExceptionText.Describe(failure)}");
        }
    }
}
