using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PluginHost.AspNetCore.Access;

/// <summary>Writes what is asked for before it is done, and then what became of it.</summary>
/// <remarks>What cannot be written is not done. When what became of it cannot be written, it stays as asked for, and the log says so.</remarks>
internal static partial class AuditTrail
{
    public static async ValueTask<object?> WriteAsync(EndpointFilterInvocationContext invocation, EndpointFilterDelegate next)
    {
        var context = invocation.HttpContext;
        if (context.GetEndpoint()?.Metadata.GetMetadata<AccessRule>() is not { Action: { } action } rule)
        {
            return await next(invocation);
        }

        var audit = context.RequestServices.GetRequiredService<IAuditLog>();
        var id = await audit.RecordAsync(Request(context, Caller.Of(context), action, rule), cancellationToken: context.RequestAborted);
        try
        {
            var answer = await next(invocation);
            await SettleAsync(context, audit, id, AuditOutcome.Done, null);
            return answer;
        }
        catch (Exception failure)
        {
            var isRefused = failure is NotFoundException or ConflictException or InvalidParametersException or InvalidScheduleException or BadHttpRequestException;
            await SettleAsync(context, audit, id, isRefused ? AuditOutcome.Refused : AuditOutcome.Failed, ReasonOf(failure));
            throw;
        }
    }

    public static AuditRequest Request(HttpContext context, Caller caller, AuditAction action, AccessRule rule) => new(
        action, caller.Name, caller.Address,
        string.Join(' ', rule.Target.Select(name => context.GetRouteValue(name)?.ToString() ?? context.Request.Query[name].ToString()).Where(text => text.Length > 0)));

    // What is said of a parameter may quote it, and it may be secret.
    private static string ReasonOf(Exception failure) => failure switch
    {
        InvalidParametersException invalid => $"Parameters are wrong: {string.Join(", ", invalid.Errors.Keys)}.",
        InvalidScheduleException invalid => $"The schedule is wrong: {string.Join(", ", invalid.Errors.Keys)}.",
        OperationCanceledException => "Whoever asked went away before it was answered; it may have been done.",
        _ => failure.Message,
    };

    // It has been done: whoever asked is answered, and no longer decides whether this is written.
    private static async Task SettleAsync(HttpContext context, IAuditLog audit, string id, AuditOutcome outcome, string? reason)
    {
        try
        {
            await audit.SettleAsync(id, outcome, reason, CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogNotSettled(context.RequestServices.GetRequiredService<ILogger<IAuditLog>>(), failure, id, outcome);
        }
    }

    [LoggerMessage(EventId = 911, Level = LogLevel.Error, Message = "The audit log still has entry {Id} as asked for, because it could not be written that it is: {Outcome}.")]
    private static partial void LogNotSettled(ILogger logger, Exception failure, string id, AuditOutcome outcome);
}
