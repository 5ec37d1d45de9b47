using System.Net.Http.Json;
using System.Text.Json.Nodes;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>A real Prometheus on loopback that reads one host, configured as the sample is.</summary>
internal sealed class Prometheus : IDisposable
{
    private readonly HttpClient _api;
    private readonly Server _server;

    /// <param name="folder">Where it keeps its data.</param>
    /// <param name="host">The host that it reads.</param>
    public Prometheus(string folder, Uri host)
    {
        var program = Requires.Program("prometheus", "prometheus");
        var port = Server.FreePort();
        var configuration = Path.Combine(Directory.CreateDirectory(folder).FullName, "prometheus.yml");
        File.WriteAllText(configuration, File.ReadAllText(Path.Combine(Repository.Root, "samples/Monitoring/prometheus.yml"))
            .Replace("127.0.0.1:5080", host.Authority, StringComparison.Ordinal).Replace("15s", "200ms", StringComparison.Ordinal));
        _api = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/api/v1/") };
        _server = Server.Start(
            () => Server.Answers(port), Path.Combine(folder, "log"), program,
            $"--config.file={configuration}", $"--storage.tsdb.path={Path.Combine(folder, "tsdb")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn");
    }

    /// <summary>The names of all metrics that it has read.</summary>
    public async Task<IReadOnlyList<string>> NamesAsync() => [.. (await GetAsync("label/__name__/values"))["data"]!.AsArray().Select(name => name!.ToString())];

    /// <summary>What a query answers: labels and a value of each series.</summary>
    /// <exception cref="InvalidOperationException">It is no query.</exception>
    public async Task<IReadOnlyList<(JsonNode Labels, string Value)>> QueryAsync(string query) =>
        [.. (await GetAsync($"query?query={Uri.EscapeDataString(query)}"))["data"]!["result"]!.AsArray().Select(series => (series!["metric"]!, series["value"]![1]!.ToString()))];

    public void Dispose()
    {
        _server.Dispose();
        _api.Dispose();
    }

    private async Task<JsonNode> GetAsync(string path)
    {
        using var answer = await _api.GetAsync(path);
        var json = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        return json["status"]!.ToString() == "success" ? json : throw new InvalidOperationException($"{path}: {json["error"]}");
    }
}
