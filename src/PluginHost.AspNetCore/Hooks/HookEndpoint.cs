using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using PluginHost.AspNetCore.Api;

namespace PluginHost.AspNetCore.Hooks;

/// <summary>Takes push webhooks: hints that a source may have changed. What is in them is not believed, the source is looked at.</summary>
internal sealed class HookEndpoint
{
    /// <summary>What GitHub sends at most. It is not kept, only signed.</summary>
    public const int LargestBody = 25 * 1024 * 1024;

    public const int PerMinute = 300;

    private const int Remembered = 10_000;

    private readonly SeenDeliveries _seen = new(Remembered);
    private readonly PartitionedRateLimiter<HttpContext> _limiter = AddressLimit.Create(PerMinute);

    public async Task<StatusCodeHttpResult> ReceiveAsync(
        string source, HttpContext context, IPluginHost host, IOptions<PluginHostOptions> options, CancellationToken cancellationToken)
    {
        if (!AddressLimit.Allows(_limiter, context))
        {
            throw new BadHttpRequestException($"There are more than {PerMinute} webhooks a minute from one address. The source is looked at all the same, as often as Poll says.", StatusCodes.Status429TooManyRequests);
        }

        // One answer for all that is wrong: it does not tell which sources there are.
        if (HookSecret.Of(options.Value.Sources.GetValueOrDefault(source)) is not { } secret
            || await SignAsync(context.Request.Body, secret, cancellationToken) is not { } mac
            || !HookSignature.IsValid(context.Request.Headers, secret, mac))
        {
            throw new BadHttpRequestException(
                $"The signature is missing or wrong, or there is no source '{source}' that has a secret. Set the same secret at the server and as WebhookSecret of the source.", StatusCodes.Status401Unauthorized);
        }

        if (_seen.Add(HookSignature.IdentitiesOf(context.Request.Headers, mac).Select(identity => $"{source.ToUpperInvariant()} {identity}")))
        {
            host.HintSource(source);
        }

        return TypedResults.StatusCode(StatusCodes.Status202Accepted);
    }

    private static async Task<byte[]> SignAsync(Stream body, string secret, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await body.ReadAsync(buffer, cancellationToken) is var count and > 0)
            {
                hash.AppendData(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return hash.GetHashAndReset();
    }
}

internal static class HookRoutes
{
    public static void MapHooks(this IEndpointRouteBuilder api) =>
        api.MapPost("/hooks/{source}", new HookEndpoint().ReceiveAsync)
            .WithMetadata(new BodySize(HookEndpoint.LargestBody))
            .WithSummary("Takes a push webhook of GitHub, GitLab, Gitea, Forgejo or Bitbucket: the source is looked at now.")
            .WithDescription("Signed with the WebhookSecret of the source. A delivery that came before is answered and ignored. It needs no sign-in.")
            .Produces(StatusCodes.Status202Accepted)
            .Refuses(401, 413, 429);
}
