using System.Data.Common;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using PluginHost.History;

namespace PluginHost.App.Security;

/// <summary>Signs in programs: <c>Authorization: Bearer</c> and a key.</summary>
internal sealed partial class KeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, AccessKeyStore keys, FailedSignIns failed, Door door)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Bearer = "Bearer";

    private int _status = StatusCodes.Status401Unauthorized;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Where nobody has to sign in, a key that is left over does no harm.
        if (door.IsOpen
            || !AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header)
            || !header.Scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase)
            || string.IsNullOrEmpty(header.Parameter))
        {
            return AuthenticateResult.NoResult();
        }

        if (keys.Find(AccessKey.HashOf(header.Parameter)) is not { } key)
        {
            _status = await failed.RecordAsync(Context, "A key that is not known here was sent.");
            return AuthenticateResult.Fail("The key is not known here.");
        }

        try
        {
            await keys.NoteUseAsync(key, Context.RequestAborted);
        }
        catch (DbException failure)
        {
            LogUseNotNoted(Logger, failure, key.Name);
        }

        return AuthenticateResult.Success(new AuthenticationTicket(Visitor.With(key, Bearer), Bearer));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = _status;
        Response.Headers.WWWAuthenticate = Bearer;
        return Task.CompletedTask;
    }

    [LoggerMessage(EventId = 921, Level = LogLevel.Warning, Message = "That key '{Key}' was used could not be written down; it is let in all the same.")]
    private static partial void LogUseNotNoted(ILogger logger, Exception failure, string key);
}
