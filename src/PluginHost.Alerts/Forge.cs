using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace PluginHost.Alerts;

/// <summary>Sets the status of a commit by the API of a forge.</summary>
internal sealed class Forge(IHttpClientFactory clients, IOptions<AlertOptions> options)
{
    /// <summary>The name of its client: it follows no redirect, because the token is meant for the one address.</summary>
    public const string Client = "PluginHost.Alerts.Forge";

    // A forge may explain at length.
    private const int LongestReason = 500;

    /// <exception cref="HttpRequestException">It could not be reached, or will do it when it is asked again.</exception>
    /// <exception cref="ForgeRefusedException">It does not do it, however often it is asked.</exception>
    public async Task SetAsync(CommitStatusOptions forge, CommitStatus status, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(forge, status.Commit)) { Content = JsonContent.Create(Body(forge, status)) };
        request.Headers.UserAgent.ParseAdd("PluginHost");
        if (await TokenOfAsync(forge, cancellationToken) is { Length: > 0 } token)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue(forge.Forge == ForgeKind.Gitea ? "token" : "Bearer", token);
        }

        if (forge.Forge == ForgeKind.GitHub)
        {
            request.Headers.Accept.ParseAdd("application/vnd.github+json");
            request.Headers.Add("X-GitHub-Api-Version", "2022-11-28");
        }

        using var client = clients.CreateClient(Client);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            await RefuseAsync(forge, response, cancellationToken);
        }
    }

    private static Uri AddressOf(CommitStatusOptions forge, string commit) => new(forge.Forge == ForgeKind.GitLab
        ? $"{forge.ApiAddress}/projects/{Uri.EscapeDataString(forge.Repository)}/statuses/{commit}"
        : $"{forge.ApiAddress}/repos/{string.Join('/', forge.Repository.Split('/').Select(Uri.EscapeDataString))}/statuses/{commit}");

    private JsonObject Body(CommitStatusOptions forge, CommitStatus status)
    {
        var isGitLab = forge.Forge == ForgeKind.GitLab;
        var body = new JsonObject
        {
            ["state"] = status.State switch
            {
                CommitStatusState.Pending => isGitLab ? "running" : "pending",
                CommitStatusState.Success => "success",
                _ => isGitLab ? "failed" : "failure",
            },
            ["description"] = status.Description,
            [isGitLab ? "name" : "context"] = forge.Context,
        };
        if (PageLink.Under(options.Value.PublicUrl, $"deployments/{Uri.EscapeDataString(status.Deployment)}") is { } link)
        {
            body["target_url"] = link;
        }

        return body;
    }

    private static async Task<string> TokenOfAsync(CommitStatusOptions forge, CancellationToken cancellationToken)
    {
        try
        {
            return (await SecretFile.ReadAsync(forge.TokenFile, forge.Token, cancellationToken)).Trim();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It may be just being replaced.
            throw new HttpRequestException($"The token cannot be read from {forge.TokenFile}: {failure.Message}", failure);
        }
    }

    private static async Task RefuseAsync(CommitStatusOptions forge, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // GitHub says 403 to who asks too often, as to who may not ask at all.
        var asksTooOften = response.StatusCode == HttpStatusCode.Forbidden
            && (response.Headers.RetryAfter is not null || (response.Headers.TryGetValues("x-ratelimit-remaining", out var left) && left.Contains("0")));
        if (asksTooOften || response.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout)
        {
            throw new HttpRequestException($"{forge.ApiAddress} answers {(int)response.StatusCode}.", null, response.StatusCode);
        }

        var text = await response.Content.ReadAsStringAsync(cancellationToken);

        // GitLab's way to say that the commit has this status already.
        if (forge.Forge != ForgeKind.GitLab || response.StatusCode != HttpStatusCode.BadRequest || !text.Contains("Cannot transition status", StringComparison.Ordinal))
        {
            throw new ForgeRefusedException($"{forge.ApiAddress} answers {(int)response.StatusCode}: {text[..Math.Min(text.Length, LongestReason)].ReplaceLineEndings(" ")}");
        }
    }
}

/// <summary>A forge does not set a status, however often it is asked.</summary>
internal sealed class ForgeRefusedException(string message) : Exception(message);
