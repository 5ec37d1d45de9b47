using System.Collections.Concurrent;
using System.Net;

namespace PluginHost.TestInfra;

/// <summary>A span as it came over the wire. Ids are lower-case hexadecimal; without a parent, that is empty.</summary>
public sealed record ReceivedSpan(string Source, string Name, string TraceId, string SpanId, string ParentId, IReadOnlyDictionary<string, string> Attributes);

/// <summary>A log record as it came over the wire.</summary>
public sealed record ReceivedLog(string Category, string Body, string TraceId);

/// <summary>Takes telemetry on loopback by OTLP over HTTP, as a collector does. The numbers are those of OpenTelemetry's .proto files.</summary>
public sealed class OtlpReceiver : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<ReceivedLog> _logs = new();
    private readonly ConcurrentDictionary<string, string> _metrics = new();
    private readonly ConcurrentDictionary<string, string> _resource = new();

    public OtlpReceiver()
    {
        Address = $"http://127.0.0.1:{Server.FreePort()}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    public IReadOnlyList<ReceivedLog> Logs => [.. _logs];

    /// <summary>The units of the metrics, by name.</summary>
    public IReadOnlyDictionary<string, string> Metrics => _metrics;

    /// <summary>What the sender says of itself.</summary>
    public IReadOnlyDictionary<string, string> Resource => _resource;

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                Take(context.Request.Url!.AbsolutePath, new ProtobufMessage(body.ToArray()));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    // In all three a resource has scopes, and a scope has items.
    private void Take(string path, ProtobufMessage request)
    {
        foreach (var resource in request.Messages(1))
        {
            foreach (var attribute in resource.Messages(1).SelectMany(said => said.Attributes(1)))
            {
                _resource[attribute.Key] = attribute.Value;
            }

            foreach (var scope in resource.Messages(2))
            {
                var name = scope.Messages(1).Select(said => said.Text(1)).SingleOrDefault("");
                foreach (var item in scope.Messages(2))
                {
                    Take(path, name, item);
                }
            }
        }
    }

    private void Take(string path, string scope, ProtobufMessage item)
    {
        switch (path)
        {
            case "/v1/traces":
                _spans.Enqueue(new ReceivedSpan(scope, item.Text(5), item.Hex(1), item.Hex(2), item.Hex(4), item.Attributes(9)));
                break;
            case "/v1/logs":
                _logs.Enqueue(new ReceivedLog(scope, item.Messages(5).Single().Text(1), item.Hex(9)));
                break;
            case "/v1/metrics":
                _metrics[item.Text(1)] = item.Text(3);
                break;
        }
    }
}
