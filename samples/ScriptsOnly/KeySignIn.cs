using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ScriptsOnly;

/// <summary>Signs people in by a name and a key, as browsers and curl ask for them (Basic authentication).</summary>
/// <remarks>
/// The section Keys holds for each name the SHA-256 of its key, not the key: whoever reads the settings cannot sign in with
/// them. That is enough for keys of 32 random bytes, and would not be for passwords that people choose.
/// </remarks>
internal sealed class KeySignIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IConfiguration configuration)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Basic";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    // Makes a browser ask.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Basic realm=\"scripts\", charset=\"UTF-8\"";
        return base.HandleChallengeAsync(properties);
    }

    private AuthenticateResult Authenticate()
    {
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header) || !SchemeName.Equals(header.Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return AuthenticateResult.NoResult();
        }

        var text = new byte[header.Parameter?.Length ?? 0];
        var decoded = Convert.TryFromBase64String(header.Parameter ?? "", text, out var length) ? Encoding.UTF8.GetString(text, 0, length) : "";
        if (decoded.Split(':', 2) is not [var name, var key] || Find(name) is not { } known || !IsKey(key, known["Sha256"]))
        {
            return AuthenticateResult.Fail("The name or the key is not known.");
        }

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Name, known.Key), new Claim(ClaimTypes.Role, known["Role"] ?? "viewer")], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    // Not GetSection(name): a name with a colon would lead elsewhere in the configuration.
    private IConfigurationSection? Find(string name) =>
        configuration.GetSection("Keys").GetChildren().FirstOrDefault(key => key.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool IsKey(string key, string? sha256) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))), Encoding.ASCII.GetBytes(sha256 ?? ""));
}
