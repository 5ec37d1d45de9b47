using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace PluginHost.AspNetCore.Hooks;

/// <summary>How the sender of a webhook shows that it knows the secret.</summary>
internal static class HookSignature
{
    private const string Sha256 = "sha256=";

    // GitHub; Bitbucket; Gitea; Forgejo. GitHub sends X-Hub-Signature too, with a SHA-1 that is not looked at.
    private static readonly (string Header, string Prefix)[] Signed =
        [("X-Hub-Signature-256", Sha256), ("X-Hub-Signature", Sha256), ("X-Gitea-Signature", ""), ("X-Forgejo-Signature", "")];

    // GitLab sends the secret itself.
    private const string Token = "X-Gitlab-Token";

    // Each server's number of one delivery; it stays the same when the server sends it again.
    private static readonly string[] Deliveries =
        ["X-GitHub-Delivery", "X-Gitea-Delivery", "X-Forgejo-Delivery", "X-Gitlab-Event-UUID", "X-Request-UUID", "X-Request-Id"];

    /// <summary>Whether any of the headers proves that the sender knows the secret.</summary>
    /// <param name="headers">The headers of the request.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="mac">HMAC-SHA256 of the body with the secret.</param>
    public static bool IsValid(IHeaderDictionary headers, string secret, ReadOnlySpan<byte> mac) =>
        IsSigned(headers, mac)
        || (headers.TryGetValue(Token, out var token) && IsSame(Encoding.UTF8.GetBytes(token.ToString()), Encoding.UTF8.GetBytes(secret)));

    /// <summary>What tells this delivery from others: its number, and its signature, which a number that was changed does not change.</summary>
    public static IEnumerable<string> IdentitiesOf(IHeaderDictionary headers, byte[] mac)
    {
        if (Deliveries.Select(header => headers[header].ToString()).FirstOrDefault(id => id.Length > 0) is { } delivery)
        {
            yield return delivery;
        }

        if (IsSigned(headers, mac))
        {
            yield return Convert.ToHexStringLower(mac);
        }
    }

    private static bool IsSigned(IHeaderDictionary headers, ReadOnlySpan<byte> mac)
    {
        var wanted = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(mac));
        foreach (var (header, prefix) in Signed)
        {
            var text = headers[header].ToString();
            if (text.StartsWith(prefix, StringComparison.Ordinal) && IsSame(Encoding.ASCII.GetBytes(text[prefix.Length..].ToLowerInvariant()), wanted))
            {
                return true;
            }
        }

        return false;
    }

    // Takes as long wherever they begin to differ.
    private static bool IsSame(ReadOnlySpan<byte> given, ReadOnlySpan<byte> wanted) => CryptographicOperations.FixedTimeEquals(given, wanted);
}
