using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace PluginHost.Alerts;

/// <summary>Posts alerts.</summary>
internal sealed class Webhook(IHttpClientFactory clients, IOptions<AlertOptions> options)
{
    /// <summary>The name of its client: it follows no redirect, for what is posted is meant for the one address.</summary>
    public const string Client = "PluginHost.Alerts";

    /// <exception cref="HttpRequestException">It could not be posted.</exception>
    public async Task PostAsync(AlertRule rule, Alert alert, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(Write(rule.Format, alert, alert.LinkUnder(options.Value.PublicUrl)));
        using var request = new HttpRequestMessage(HttpMethod.Post, rule.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (rule.Secret is { } secret)
        {
            request.Headers.Add("X-PluginHost-Signature-256", $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))}");
        }

        using var client = clients.CreateClient(Client);
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static JsonObject Write(AlertFormat format, Alert alert, string? link) => format switch
    {
        AlertFormat.Slack => new JsonObject
        {
            ["text"] = $"*{ForSlack(alert.Title)}*{(alert.Detail.Length > 0 ? $"\n{ForSlack(alert.Detail)}" : "")}{(link is null ? "" : $"\n<{link}|Open>")}",
        },
        AlertFormat.Teams => new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = Card(alert, link) }),
        },
        _ => new JsonObject
        {
            ["kind"] = JsonNamingPolicy.KebabCaseLower.ConvertName(alert.Kind.ToString()),
            ["subject"] = alert.Subject,
            ["title"] = alert.Title,
            ["detail"] = alert.Detail,
            ["at"] = alert.At.UtcDateTime,
            ["link"] = link,
        },
    };

    private static JsonObject Card(Alert alert, string? link) => new()
    {
        ["type"] = "AdaptiveCard",
        ["version"] = "1.4",
        ["body"] = new JsonArray(
            new JsonObject { ["type"] = "TextBlock", ["weight"] = "Bolder", ["wrap"] = true, ["text"] = alert.Title },
            new JsonObject { ["type"] = "TextBlock", ["wrap"] = true, ["text"] = alert.Detail }),
        ["actions"] = link is null ? [] : new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = "Open", ["url"] = link }),
    };

    // What a script or a commit says must not become a link or a mention of everybody.
    private static string ForSlack(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
