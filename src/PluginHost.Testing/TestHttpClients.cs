namespace PluginHost.Testing;

/// <summary>Makes the script's HTTP clients over the handler that the test has given.</summary>
internal sealed class TestHttpClients(string scriptId, Func<HttpMessageHandler?> handler) : IHttpClientFactory
{
    // Asked for at each request: a script may be constructed, to be checked, before the test has set a handler.
    public HttpClient CreateClient(string name) => new(new Handler(scriptId, handler), disposeHandler: true);

    private sealed class Handler(string scriptId, Func<HttpMessageHandler?> handler) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => handler() is { } given
            ? new HttpMessageInvoker(given, disposeHandler: false).SendAsync(request, cancellationToken)
            : throw new InvalidOperationException(
                $"Script '{scriptId}' sent {request.Method} {request.RequestUri}, and the test has nothing to answer with. Set HttpHandler of the harness; new SocketsHttpHandler() really sends.");
    }
}
