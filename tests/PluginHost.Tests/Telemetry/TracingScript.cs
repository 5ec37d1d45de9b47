using System.Diagnostics;

namespace PluginHost.Tests.Telemetry;

/// <summary>Starts activities in a worker process, as its parameter says.</summary>
[Script(Isolation = ScriptIsolation.Process)]
public sealed class Tracing(HttpClient http) : IScript
{
    /// <summary>The test listens to this one,</summary>
    public const string Heard = "WorkerSpansTests.Heard";

    /// <summary>and not to this one.</summary>
    public const string Unheard = "WorkerSpansTests.Unheard";

    public const string ForeignTrace = "0af7651916cd43dd8448eb211c80319c";
    public const string ForeignSpan = "b7ad6b7169203331";

    private static readonly ActivitySource Source = new(Heard, "1.2");
    private static readonly ActivitySource Other = new(Unheard);
    private static Activity? s_left;

    [Parameter]
    public string What { get; init; } = "";

    [Parameter]
    public int Count { get; init; }

    [Parameter]
    public string Address { get; init; } = "";

    [Parameter(Secret = true)]
    public string Password { get; init; } = "";

    public async Task RunAsync(ScriptContext context, CancellationToken cancellationToken)
    {
        var run = Activity.Current;
        switch (What)
        {
            case "import":
                Import(context, run!);
                break;
            case "call":
                using (Source.StartActivity("outer"))
                {
                    await http.GetAsync(Address, cancellationToken);
                }

                break;
            case "between":
                using (Source.StartActivity("outer"))
                using (Other.StartActivity("between"))
                using (Source.StartActivity("inner"))
                {
                }

                break;
            case "elsewhere":
                Elsewhere();
                break;
            case "many":
                using (Source.StartActivity("around"))
                {
                    for (var i = 0; i < Count; i++)
                    {
                        Source.StartActivity("one of many")?.Dispose();
                    }
                }

                break;
            case "large":
                Large();
                break;
            case "secret":
                Source.StartActivity($"open {Password}")?.AddTag("pin", long.Parse(Password, null)).Dispose();
                break;
            case "leave":
                s_left = Source.StartActivity("left");
                break;
            case "end what was left":
                s_left!.Dispose();
                break;
            case "die":
                Source.StartActivity("before its death")?.Dispose();
                Process.GetCurrentProcess().Kill();
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
            default:
                context.SetResult(new { listens = Source.HasListeners(), records = Source.StartActivity("recorded") is not null, trace = run?.TraceId.ToString(), parent = run?.ParentSpanId.ToString() });
                break;
        }
    }

    private static void Import(ScriptContext context, Activity run)
    {
        using var outer = Source.StartActivity("import", ActivityKind.Producer)!;
        outer.DisplayName = "import of orders";
        outer.SetTag("count", (ushort)3).SetTag("share", 2.0).SetTag("most", double.PositiveInfinity).SetTag("again", true).SetTag("day", DayOfWeek.Friday);
        outer.SetTag("names", new[] { "a", "b" }).SetTag("sizes", new[] { 1, 2 }).SetTag("none", Array.Empty<long>());
        outer.AddLink(new ActivityLink(new ActivityContext(ActivityTraceId.CreateFromString(ForeignTrace), ActivitySpanId.CreateFromString(ForeignSpan), ActivityTraceFlags.Recorded), new ActivityTagsCollection { ["why"] = "batch" }));
        using (var inner = Source.StartActivity("parse")!)
        {
            inner.AddException(new InvalidOperationException("No date."));
            inner.SetStatus(ActivityStatusCode.Error, "It has no date.");
        }

        context.SetResult(new { run = run.Id, outer = outer.Id });
    }

    private static void Elsewhere()
    {
        Activity.Current = null;
        Source.StartActivity("a trace of its own")?.Dispose();
        foreach (var flags in new[] { ActivityTraceFlags.Recorded, ActivityTraceFlags.None })
        {
            var sender = new ActivityContext(ActivityTraceId.CreateFromString(ForeignTrace), ActivitySpanId.CreateFromString(ForeignSpan), flags, "vendor=1", isRemote: true);
            Source.StartActivity($"message, {flags}", ActivityKind.Consumer, sender)?.Dispose();
        }
    }

    private static void Large()
    {
        using (var large = Source.StartActivity("large"))
        {
            for (var i = 0; i < 1000; i++)
            {
                large?.SetTag($"tag {i}", i);
            }

            large?.AddEvent(new ActivityEvent(new string('x', 100_000)));
        }

        Source.StartActivity("silent")?.SetTag("what", new Silent()).Dispose();
        for (var i = 0; i < 200; i++)
        {
            using var source = new ActivitySource($"{Heard}.{i}");
            source.StartActivity("of many sources")?.Dispose();
        }
    }

    private sealed class Silent
    {
        public override string ToString() => throw new NotSupportedException();
    }
}
