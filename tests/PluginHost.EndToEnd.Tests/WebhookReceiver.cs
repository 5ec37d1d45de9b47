using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>Takes what is posted to it, and accepts it at once.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Channel<JsonNode> _posts = Channel.CreateUnbounded<JsonNode>();
    private readonly Task _listening;

    public WebhookReceiver()
    {
        Url = $"http://127.0.0.1:{Server.FreePort()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _listening = ListenAsync();
    }

    public string Url { get; }

    public Task<JsonNode> NextAsync() => _posts.Reader.ReadAsync().AsTask().WaitAsync(ReadyHost.Patience);

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _listening;
    }

    private async Task ListenAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                await _posts.Writer.WriteAsync((await JsonNode.ParseAsync(context.Request.InputStream))!);
                context.Response.StatusCode = 204;
                context.Response.Close();
            }
        }
        catch (Exception failure) when (failure is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
            _posts.Writer.TryComplete();
        }
    }
}
