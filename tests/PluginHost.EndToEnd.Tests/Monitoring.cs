using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>The host as Prometheus, Grafana and an OpenTelemetry collector see it.</summary>
[Platform(Exclude = "Win", Reason = "The host is stopped by SIGTERM.")]
public sealed partial class Monitoring : HostTestBase
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";
    private const string CallerId = "b7ad6b7169203331";

    private const string Body = """
        context.Logger.LogWarning("said by A");
        using var own = Work.Source.StartActivity("own work");
        if (Fail) { new Thread(() => throw new InvalidOperationException("Nobody handles this.")).Start(); }
        """;

    [Test]
    public async Task ARunAskedForByApi_IsOneTraceFromTheCallerToTheScript_AndEveryQueryOfTheDashboardAnswers()
    {
        const string source = "public static readonly System.Diagnostics.ActivitySource Source = new(\"Orders.Import\");";
        Repository.AddPlugin("A", Body, "", $"[Parameter] public bool Fail {{ get; init; }} {source}")
            .AddPlugin("B", "using var own = Work.Source.StartActivity(\"isolated work\");", "[Script(Isolation = ScriptIsolation.Process)]", source).Commit("First");
        using var collector = new OtlpReceiver();
        var environment = new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "100", ["OTEL_METRIC_EXPORT_INTERVAL"] = "500", ["OTEL_BLRP_SCHEDULE_DELAY"] = "100",
            ["PluginHost__NodeName"] = "node-1",
        };
        await using var host = await ReadyHost.StartAsync(Repository.Path, Data, environment: environment);
        using var prometheus = new Prometheus(Folder.Combine("prometheus"), host.Api.BaseAddress!);

        var run = await AskAsync(host);
        await host.RunAsync("A.Work", new { fail = true });
        await host.RunAsync("B.Work");

        await Until(() => collector.Spans.Any(span => span.Name == "own work" && span.TraceId == TraceId) && collector.Spans.Any(span => span.Name == "run B.Work") && collector.Logs.Any(log => log.Body == "said by A" && log.TraceId == TraceId)
            && collector.Spans.Any(span => span.Source == "Microsoft.AspNetCore" && span.TraceId == TraceId) && collector.Metrics.ContainsKey("pluginhost.run.duration"));
        var trace = collector.Spans.Where(span => span.TraceId == TraceId).ToList();
        var (server, ran, own) = (trace.Single(span => span.ParentId == CallerId), trace.Single(span => span.Name == "run A.Work"), trace.Single(span => span.Name == "own work"));
        var deployment = collector.Spans.First(span => span.Name == "deployment");
        Assert.Multiple(() =>
        {
            Assert.That((server.Source, server.Name), Is.EqualTo(("Microsoft.AspNetCore", "POST /api/v1/scripts/{id}/runs")));
            Assert.That((ran.Source, ran.ParentId, ran.Attributes["pluginhost.run.id"]), Is.EqualTo(("PluginHost", server.SpanId, run["id"]!.ToString())));
            Assert.That((own.Source, own.ParentId), Is.EqualTo(("Orders.Import", ran.SpanId)));
            Assert.That(
                collector.Spans.Where(span => span.Name == "isolated work").Select(span => (span.Source, span.ParentId)),
                Is.EqualTo(new[] { ("Orders.Import", collector.Spans.Single(span => span.Name == "run B.Work").SpanId) }), "also from a worker process");
            Assert.That(run["traceParent"]!.ToString(), Is.EqualTo($"00-{TraceId}-{ran.SpanId}-01"));
            Assert.That(collector.Spans.Where(span => span.ParentId == deployment.SpanId).Select(span => span.Name), Is.SupersetOf(new[] { "fetch", "plan", "restore", "build", "load", "swap" }));
            Assert.That(collector.Metrics["pluginhost.run.duration"], Is.EqualTo("s"));
            Assert.That((collector.Resource["service.name"], collector.Resource["service.instance.id"]), Is.EqualTo(("pluginhost", "node-1")));
        });

        await Until(async () => (await prometheus.QueryAsync("sum(pluginhost_run_duration_seconds_count{pluginhost_script_id=\"A.Work\"})")) is [{ Value: "2" }]
            && (await prometheus.NamesAsync()).Contains("pluginhost_unhandled_exceptions_total"));
        var names = await prometheus.NamesAsync();
        foreach (var query in Queries())
        {
            Assert.That(MetricName().Matches(query).Select(match => match.Value), Is.Not.Empty.And.SubsetOf(names), query);
            Assert.That(await prometheus.QueryAsync(query), Is.Not.Null);
        }

        // What is measured is what the page says, no less and no more.
        var page = await File.ReadAllTextAsync(Path.Combine(TestInfra.Repository.Root, "samples/Monitoring/README.md"));
        var measured = names.Where(name => name.StartsWith("pluginhost_", StringComparison.Ordinal)).Select(name => HistogramPart().Replace(name, "")).Distinct();
        Assert.That(measured, Is.EquivalentTo(DocumentedName().Matches(page).Select(match => match.Groups[1].Value)));
    }

    private static async Task<JsonNode> AskAsync(ReadyHost host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/scripts/A.Work/runs?wait=60") { Content = JsonContent.Create(new { }) };
        request.Headers.Add("traceparent", $"00-{TraceId}-{CallerId}-01");
        using var answer = await host.Api.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    /// <summary>What the panels of the dashboard ask, with Grafana's variables as "all" has them.</summary>
    private static IEnumerable<string> Queries()
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(Path.Combine(TestInfra.Repository.Root, "samples/Monitoring/grafana-dashboard.json")))!;
        return from panel in dashboard["panels"]!.AsArray()
               from target in panel["targets"]!.AsArray()
               select target["expr"]!.ToString()
                   .Replace("$__rate_interval", "1m", StringComparison.Ordinal).Replace("$instance", ".*", StringComparison.Ordinal).Replace("$script", ".*", StringComparison.Ordinal);
    }

    private static Task Until(Func<bool> condition) => Until(() => Task.FromResult(condition()));

    private static async Task Until(Func<Task<bool>> condition)
    {
        for (var watch = Stopwatch.StartNew(); !await condition(); await Task.Delay(50))
        {
            Assert.That(watch.Elapsed, Is.LessThan(ReadyHost.Patience));
        }
    }

    [GeneratedRegex("_(bucket|sum|count)$(?<=_seconds_(bucket|sum|count))")]
    private static partial Regex HistogramPart();

    [GeneratedRegex(@"\(`(pluginhost_[a-z_]+)`\)")]
    private static partial Regex DocumentedName();

    // Not labels, which stand in braces or after "by".
    [GeneratedRegex(@"\b(pluginhost|process|dotnet)_[a-z_]+(?=\{)")]
    private static partial Regex MetricName();
}
