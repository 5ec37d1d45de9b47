using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Callers who want too much, or want it too slowly, all at once: each is refused or held, and what is scheduled keeps its time.</summary>
[Platform(Exclude = "Win", Reason = "Open connections are counted in /proc.")]
public sealed class HostileLoad : HostTestBase
{
    private const int Followers = 1000;
    private const int OpenPages = 200;
    private const int SlowHeaders = 200;
    private const int SlowBodies = 50;
    private const int LargeBodies = 20;
    private const int Deaf = 50;

    private static readonly byte[] Piece = new byte[64 * 1024];

    [Test]
    public async Task EachIsRefusedOrHeld_AndTheScheduleKeepsItsTime()
    {
        Repository
            .AddPlugin("Clock", "context.SetResult(1);", "[Schedule(\"* * * * * *\", Overlap = OverlapPolicy.Allow)]")
            .AddPlugin("Talk", $"Console.WriteLine(\"first\"); while (!File.Exists(\"{Folder.Combine("go")}\")) await Task.Delay(50, cancellationToken); Console.WriteLine(\"last\");")
            .AddPlugin("Long", "for (var i = 0; i < 40_000; i++) Console.WriteLine($\"{i} {new string('x', 120)}\");").Commit("First");
        await using var host = await StartAsync();
        var started = await host.PostAsync("api/v1/scripts/Talk.Work/runs");
        var run = started["id"]?.ToString() ?? throw new InvalidOperationException($"{started} {host.Output}");
        var longRun = (await host.RunAsync("Long.Work"))["id"]!.ToString();
        await host.UntilAsync("api/v1/occurrences?script=Clock.Work&outcome=ran", list => list["items"]!.AsArray().Count > 0);
        var (quiet, from) = (OpenFiles(host), DateTimeOffset.UtcNow);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = host.Api.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        using var closing = new CancellationTokenSource();
        var followers = Many(Followers, _ => ReadAsync(http, $"api/v1/runs/{run}/log", limit.Token, default));
        var pages = Many(OpenPages, _ => ReadAsync(http, "api/v1/events", limit.Token, closing.Token));
        var headers = Many(SlowHeaders, _ => DripAsync(host, "GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", limit.Token));
        var bodies = Many(SlowBodies, _ => DripAsync(host, "POST /api/v1/scripts/Talk.Work/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n", limit.Token));
        var large = Many(LargeBodies, i => PourAsync(host, isChunked: i % 2 == 0, limit.Token));
        var deaf = await Many(Deaf, _ => ConnectAsync(host, $"GET /api/v1/runs/{longRun}/log HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", limit.Token));

        Assert.That(await large, Has.All.EqualTo("HTTP/1.1 413"));
        Assert.That(await bodies, Has.All.EqualTo("HTTP/1.1 408"), "a body that does not come");
        Assert.That(await headers, Has.All.AnyOf("HTTP/1.1 408", ""), "headers that do not come");
        Assert.That((await host.GetAsync("api/v1/runs?script=Talk.Work"))["items"]!.AsArray(), Has.Count.EqualTo(1), "none of that has started a run");
        Assert.That((await host.RunAsync("Clock.Work"))["state"]!.ToString(), Is.EqualTo("succeeded"), "whoever asks properly is answered meanwhile");

        // The followers and the pages were held all the while.
        await File.WriteAllTextAsync(Folder.Combine("go"), "");
        Assert.That((await followers).Select(log => (log.Contains("OUT first", StringComparison.Ordinal), log.Contains("OUT last", StringComparison.Ordinal), log.Contains("data: succeeded", StringComparison.Ordinal))), Has.All.EqualTo((true, true, true)));
        await closing.CancelAsync();
        Assert.That(await pages, Has.All.Contains("event: connected").And.All.Contains("event: run"));

        // Those who asked and never read are held as well, each at the price of a connection and of a file. Nothing of anybody is left when all are gone.
        deaf.ToList().ForEach(socket => socket.Dispose());
        http.Dispose();
        await UntilAsync(() => OpenFiles(host) <= quiet + 10, () => $"{OpenFiles(host)} open files, {quiet} before", limit.Token);
        await AssertScheduleKeptItsTimeAsync(host, from);
    }

    private static async Task AssertScheduleKeptItsTimeAsync(ReadyHost host, DateTimeOffset from)
    {
        var to = DateTimeOffset.UtcNow.AddSeconds(-1);
        var ledger = await host.UntilAsync(
            $"api/v1/occurrences?script=Clock.Work&limit=500&from={from:yyyy-MM-ddTHH:mm:ssZ}&to={to:yyyy-MM-ddTHH:mm:ssZ}",
            list => list["items"]!.AsArray().All(due => due!["outcome"]!.ToString() != "pending"));
        var due = ledger["items"]!.AsArray().Select(item => (Outcome: item!["outcome"]!.ToString(), LateByMs: item["lateByMs"]?.GetValue<long>() ?? 0)).ToList();
        var memory = (await host.GetAsync("api/v1/status"))["memory"]!.ToJsonString();
        TestContext.Out.WriteLine($"{due.Count} due times, late by {string.Join(' ', due.Select(item => item.LateByMs).Reverse())} ms; afterwards {memory}");
        Assert.That(due, Has.Count.GreaterThan(5));
        Assert.That(due.Select(item => item.Outcome), Has.All.EqualTo("ran"));

        // At the first moment fifteen hundred callers and the test itself take all that the machine has.
        Assert.That(due.Select(item => item.LateByMs).Order().ElementAt(due.Count / 2), Is.LessThan(1000), "most before the next was due");
        Assert.That(due.Select(item => item.LateByMs), Has.All.LessThan(10_000));
    }

    private static Task<T[]> Many<T>(int count, Func<int, Task<T>> start) => Task.WhenAll(Enumerable.Range(0, count).Select(start));

    /// <summary>What a stream says until it ends, or until nobody wants to hear more.</summary>
    private static async Task<string> ReadAsync(HttpClient http, string path, CancellationToken limit, CancellationToken enough)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/event-stream" } } };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit, enough);
        var said = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, either.Token) is var count and > 0)
            {
                said.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            // Somebody closes the page.
        }

        return said.ToString();
    }

    /// <summary>Sends a beginning and then a byte each second, until the host has had enough.</summary>
    /// <returns>What it answered; empty when it hung up.</returns>
    private static async Task<string> DripAsync(ReadyHost host, string beginning, CancellationToken limit)
    {
        using var client = await ConnectAsync(host, beginning, limit);
        var answer = ReadStatusAsync(client, limit);
        try
        {
            while (!answer.IsCompleted)
            {
                await client.GetStream().WriteAsync("a"u8.ToArray(), limit);
                await Task.WhenAny(answer, Task.Delay(TimeSpan.FromSeconds(1), limit));
            }
        }
        catch (IOException)
        {
            // It hung up before it was told more.
        }

        return await answer;
    }

    /// <summary>Sends ten megabytes as fast as they go, until the host answers.</summary>
    private static async Task<string> PourAsync(ReadyHost host, bool isChunked, CancellationToken limit)
    {
        const int Pieces = 160;
        var length = isChunked ? "Transfer-Encoding: chunked" : string.Create(CultureInfo.InvariantCulture, $"Content-Length: {Pieces * Piece.Length}");
        using var client = await ConnectAsync(host, $"POST /api/v1/scripts/Talk.Work/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{length}\r\n\r\n", limit);
        var answer = ReadStatusAsync(client, limit);
        try
        {
            for (var i = 0; i < Pieces && !answer.IsCompleted; i++)
            {
                if (isChunked)
                {
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{Piece.Length:x}\r\n"), limit);
                }

                await client.GetStream().WriteAsync(Piece, limit);
                await client.GetStream().WriteAsync(isChunked ? "\r\n"u8.ToArray() : [], limit);
            }
        }
        catch (IOException)
        {
            // It does not take the rest.
        }

        return await answer;
    }

    private static async Task<TcpClient> ConnectAsync(ReadyHost host, string beginning, CancellationToken limit)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, host.Api.BaseAddress!.Port, limit);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), limit);
        return client;
    }

    private static async Task<string> ReadStatusAsync(TcpClient client, CancellationToken limit)
    {
        var buffer = new byte["HTTP/1.1 000".Length];
        try
        {
            var read = await client.GetStream().ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit);
            return Encoding.ASCII.GetString(buffer, 0, read);
        }
        catch (IOException)
        {
            return "";
        }
    }

    // Without the history's: it keeps a few connections open for the next who reads, each of three files.
    private static int OpenFiles(ReadyHost host) => Directory.GetFiles($"/proc/{host.ProcessId}/fd").Count(file => !IsOfHistory(file));

    private static bool IsOfHistory(string file)
    {
        try
        {
            return Path.GetFileName(new FileInfo(file).LinkTarget ?? "").StartsWith("history.db", StringComparison.Ordinal);
        }
        catch (FileNotFoundException)
        {
            // It was closed meanwhile.
            return true;
        }
    }

    private static async Task UntilAsync(Func<bool> holds, Func<string> otherwise, CancellationToken limit)
    {
        while (!holds())
        {
            Assert.That(limit.IsCancellationRequested, Is.False, otherwise);
            await Task.Delay(100, CancellationToken.None);
        }
    }
}
