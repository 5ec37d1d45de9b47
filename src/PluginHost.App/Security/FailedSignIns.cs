using System.Threading.RateLimiting;
using PluginHost.AspNetCore;
using PluginHost.AspNetCore.Access;

namespace PluginHost.App.Security;

/// <summary>Counts wrong keys from one address and writes them down, up to a limit. Right ones are always let in, so nobody locks out others.</summary>
internal sealed class FailedSignIns(IAuditLog audit) : IDisposable
{
    public const int PerMinute = 10;

    private readonly PartitionedRateLimiter<HttpContext> _limiter = AddressLimit.Create(PerMinute);

    /// <returns>The status to answer: 401, or 429 when there were too many.</returns>
    public async Task<int> RecordAsync(HttpContext context, string reason)
    {
        if (!AddressLimit.Allows(_limiter, context))
        {
            return StatusCodes.Status429TooManyRequests;
        }

        await audit.RecordAsync(
            new AuditRequest(AuditAction.SignIn, null, Caller.AddressOf(context), null), AuditOutcome.Refused, reason, context.RequestAborted);
        return StatusCodes.Status401Unauthorized;
    }

    public void Dispose() => _limiter.Dispose();
}
