using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using PluginHost.AspNetCore.Api;

namespace PluginHost.App.Client;

/// <summary>Asks a running host through its HTTP API.</summary>
internal sealed class ApiClient : IDisposable
{
    // A field that is missing means another version of the host, and is said so.
    private static readonly JsonSerializerOptions Json = new(ApiJson.Options) { RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true };

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;
    private readonly ApiErrors _errors;

    public ApiClient(Uri host, string? key)
    {
        Host = host;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectTimeout = ConnectLimit,

            // The key is for this host alone, and a proxy is not the way to one's own machine.
            AllowAutoRedirect = false,
            UseProxy = !host.IsLoopback,
        })
        {
            BaseAddress = new Uri(host.AbsoluteUri.TrimEnd('/') + "/api/v1/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (key is not null)
        {
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        _errors = new ApiErrors(_http, host, hasKey: key is not null);
    }

    /// <summary>Where the host is.</summary>
    public Uri Host { get; }

    public Task<Answer<T>> GetAsync<T>(string path, CancellationToken cancellationToken, params IReadOnlyList<Lookup> lookups) =>
        SendAsync<T>(HttpMethod.Get, path, null, TimeSpan.Zero, cancellationToken, lookups);

    /// <summary>Asks for text.</summary>
    public Task<string> GetTextAsync(string path, CancellationToken cancellationToken) =>
        ExchangeAsync(HttpMethod.Get, path, null, TimeSpan.Zero, (_, text, _) => Task.FromResult(text), [], cancellationToken);

    /// <summary>Asks, and reads the answer.</summary>
    /// <param name="method">How.</param>
    /// <param name="path">What, from the API's root on.</param>
    /// <param name="body">Sent as JSON; null for none.</param>
    /// <param name="wait">How long the host may take, beyond what any answer may.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="lookups">The names in the path, for who has mistyped one.</param>
    /// <exception cref="CommandFailure">The host did not do it.</exception>
    public Task<Answer<T>> SendAsync<T>(
        HttpMethod method, string path, object? body, TimeSpan wait, CancellationToken cancellationToken, params IReadOnlyList<Lookup> lookups) =>
        ExchangeAsync(method, path, body, wait, ReadAsync<T>, lookups, cancellationToken);

    /// <summary>Opens an answer to be read as it comes.</summary>
    /// <exception cref="HttpRequestException">The host cannot be reached.</exception>
    /// <exception cref="CommandFailure">The host refused.</exception>
    public async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            if (response.StatusCode >= HttpStatusCode.InternalServerError)
            {
                // A reverse proxy says so while the host behind it starts again.
                throw new HttpRequestException($"it answers {(int)response.StatusCode} ({response.ReasonPhrase})", null, response.StatusCode);
            }

            throw await _errors.ExplainAsync(response, await response.Content.ReadAsStringAsync(cancellationToken), [], cancellationToken);
        }
    }

    /// <summary>What an unreachable host means.</summary>
    public CommandFailure Explain(HttpRequestException failure) => _errors.Explain(failure);

    public void Dispose() => _http.Dispose();

    private async Task<T> ExchangeAsync<T>(
        HttpMethod method, string path, object? body, TimeSpan wait, Func<HttpResponseMessage, string, CancellationToken, Task<T>> read,
        IReadOnlyList<Lookup> lookups, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body, ApiJson.Options), Encoding.UTF8, MediaTypeNames.Application.Json);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit + wait);
        try
        {
            using var response = await _http.SendAsync(request, limit.Token);
            var text = await response.Content.ReadAsStringAsync(limit.Token);
            return response.IsSuccessStatusCode
                ? await read(response, text, limit.Token)
                : throw await _errors.ExplainAsync(response, text, lookups, limit.Token);
        }
        catch (HttpRequestException failure)
        {
            throw _errors.Explain(failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw _errors.TookTooLong(AnswerLimit + wait);
        }
    }

    private async Task<Answer<T>> ReadAsync<T>(HttpResponseMessage response, string text, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType != MediaTypeNames.Application.Json)
        {
            throw _errors.NotAPluginHost();
        }

        try
        {
            return new Answer<T>(JsonSerializer.Deserialize<T>(text, Json)!, text);
        }
        catch (JsonException failure)
        {
            throw await _errors.SpeaksAnotherVersionAsync(failure, cancellationToken);
        }
    }
}
