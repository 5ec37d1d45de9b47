using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace PluginHost.Alerts.Tests;

/// <summary>A web server that alerts are posted to.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private readonly Channel<Post> _posts = Channel.CreateUnbounded<Post>();
    private WebApplication _app = null!;

    public string Url => $"{_app.Urls.Single()}/hook";

    /// <summary>What is answered next; 204 when nothing is left.</summary>
    public Queue<int> Answers { get; } = new();

    public static async Task<Receiver> StartAsync()
    {
        var receiver = new Receiver();
        receiver._app = await Loopback.StartAsync(app => app.MapPost("/hook", receiver.ReceiveAsync));
        return receiver;
    }

    public async Task<Post> NextAsync() => await _posts.Reader.ReadAsync().AsTask().WaitAsync(HangLimit);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        var text = await reader.ReadToEndAsync();
        var status = Answers.TryDequeue(out var next) ? next : 204;
        await _posts.Writer.WriteAsync(new Post(text, request.Headers["X-PluginHost-Signature-256"]));
        return Results.StatusCode(status);
    }

    internal sealed record Post(string Text, string? Signature)
    {
        public JsonNode Json => JsonNode.Parse(Text)!;

        public string Title => (string)Json["title"]!;
    }
}
