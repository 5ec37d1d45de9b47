using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using PluginHost.TestInfra;

namespace PluginHost.EndToEnd.Tests;

/// <summary>An OpenID Connect provider on loopback, at which everybody is signed in already, as Ada.</summary>
internal sealed class OpenIdProvider : IDisposable
{
    public const string Client = "pluginhost";
    public const string Secret = "the client's secret";

    private readonly RSA _key = RSA.Create(2048);
    private readonly HttpListener _listener = new();
    private string? _nonce;

    public OpenIdProvider()
    {
        Address = $"http://127.0.0.1:{Server.FreePort()}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    /// <summary>What it says of Ada.</summary>
    public string[] Groups { get; set; } = [];

    public void Dispose()
    {
        _listener.Close();
        _key.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                await AnswerAsync(context);
                context.Response.Close();
            }
        }
        catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var query = context.Request.QueryString;
        switch (context.Request.Url!.AbsolutePath)
        {
            case "/.well-known/openid-configuration":
                Write(context, new JsonObject
                {
                    ["issuer"] = Address, ["authorization_endpoint"] = $"{Address}/authorize", ["token_endpoint"] = $"{Address}/token", ["jwks_uri"] = $"{Address}/keys",
                });
                break;
            case "/keys":
                var key = _key.ExportParameters(false);
                Write(context, new JsonObject
                {
                    ["keys"] = new JsonArray(new JsonObject { ["kty"] = "RSA", ["kid"] = "1", ["alg"] = "RS256", ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent) }),
                });
                break;
            case "/authorize":
                _nonce = query["nonce"];
                context.Response.Redirect($"{query["redirect_uri"]}?code=1&state={Uri.EscapeDataString(query["state"]!)}");
                break;
            case "/token":
                using (var reader = new StreamReader(context.Request.InputStream))
                {
                    var form = HttpUtility.ParseQueryString(await reader.ReadToEndAsync());
                    context.Response.StatusCode = form["client_secret"] == Secret && form["code"] == "1" && form["code_verifier"] is not null ? 200 : 400;
                }

                Write(context, new JsonObject { ["access_token"] = "x", ["token_type"] = "Bearer", ["id_token"] = IdToken() });
                break;
        }
    }

    private string IdToken()
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var head = Encode(new JsonObject { ["alg"] = "RS256", ["kid"] = "1" });
        var body = Encode(new JsonObject
        {
            ["iss"] = Address, ["aud"] = Client, ["sub"] = "1", ["preferred_username"] = "ada", ["nonce"] = _nonce, ["iat"] = now, ["exp"] = now + 300,
            ["groups"] = JsonSerializer.SerializeToNode(Groups),
        });
        var signature = _key.SignData(Encoding.ASCII.GetBytes($"{head}.{body}"), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{head}.{body}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));

    private static void Write(HttpListenerContext context, JsonObject answer)
    {
        context.Response.ContentType = "application/json";
        context.Response.OutputStream.Write(Encoding.UTF8.GetBytes(answer.ToJsonString()));
    }
}
