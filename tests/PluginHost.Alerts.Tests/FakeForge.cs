using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PluginHost.Alerts.Tests;

/// <summary>A web server that takes what a forge's API takes, and answers as it is told.</summary>
internal sealed class FakeForge : IAsyncDisposable
{
    private static readonly TimeSpan HangLimit = TimeSpan.FromSeconds(60);

    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private WebApplication _app = null!;

    public string Api => $"{_app.Urls.Single()}/api";

    /// <summary>What is answered next; 201 when nothing is left.</summary>
    public Queue<(int Status, string Body)> Answers { get; } = new();

    public static async Task<FakeForge> StartAsync()
    {
        var forge = new FakeForge();
        forge._app = await Loopback.StartAsync(app => app.Run(forge.TakeAsync));
        return forge;
    }

    public async Task<Call> NextAsync() => await _calls.Reader.ReadAsync().AsTask().WaitAsync(HangLimit);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body);
        var (status, text) = Answers.TryDequeue(out var next) ? next : (201, "{}");

        // The path as it was sent: %2F in it is not a slash.
        await _calls.Writer.WriteAsync(new Call($"{context.Request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget}", context.Request.Headers.Authorization.ToString(), body!));
        context.Response.StatusCode = status;
        if (status == 302)
        {
            context.Response.Headers.Location = "/elsewhere";
        }

        await context.Response.WriteAsync(text);
    }

    /// <summary>What was asked.</summary>
    internal sealed record Call(string Line, string Authorization, JsonNode Body)
    {
        public string State => (string)Body["state"]!;
    }
}
